// A decoder-only transformer that trains: forward, backward, AdamW. No library: only arithmetic and one arena.
//
// Compiled twice from this one file: to WebAssembly SIMD, which is shipped, and by the user's own compiler, where there
// is one. What it does is the same everywhere and in the same order, so one build gives the same bits every time. It
// decides nothing: initial weights, batches, learning rates and what counts as diverged come from outside.
//
//   x = E[token]
//   x += attention(norm(x)) Wo      causal, rotary positions, grouped key heads
//   x += activation(norm(x) Wu) Wd  GELU, or SwiGLU with the gate in the left half of Wu
//   loss = cross-entropy(softmax(s · norm(x) Eᵀ))
//
// Matrices are stored row by row as [in][out], so y = x W. Rows of activations are tokens.

#ifndef REAL
#define REAL float
#endif
typedef REAL real; // float; double where gradients are held against finite differences

// ── vectors ──────────────────────────────────────────────────────────────────────────────────────────────────────────

// A tile of a product is ROWS × VECS vectors of running sums, as many as the registers hold. WebAssembly's registers are
// V8's to hand out: it spills beyond eight sums, and 3 × 3 runs at two thirds of the speed of 4 × 2.
#if defined(__AVX512F__)
enum { VECTOR = 64, ROWS = 6, VECS = 4 };
#elif defined(__AVX__)
enum { VECTOR = 32, ROWS = 6, VECS = 2 };
#elif defined(__aarch64__)
enum { VECTOR = 16, ROWS = 6, VECS = 4 };
#else
enum { VECTOR = 16, ROWS = 4, VECS = 2 };
#endif

enum { LANES = VECTOR / sizeof(real), PANEL = VECS * LANES };
typedef real vec __attribute__((vector_size(VECTOR)));
typedef real loose __attribute__((vector_size(VECTOR), aligned(sizeof(real)), may_alias)); // at any address
#define INLINE static inline __attribute__((always_inline))
#define EXPORT __attribute__((visibility("default")))
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif

INLINE long min(long a, long b) { return a < b ? a : b; }
INLINE long round_up(long n) { return (n + LANES - 1) / LANES * LANES; }
INLINE vec splat(real x) { return x - (vec){0}; }

/** The first n numbers at p, zeros behind them. */
INLINE vec load(const real *p, long n) {
  if (n >= LANES) return *(const loose *)p;
  vec v = {0};
  for (int i = 0; i < n; i++) v[i] = p[i];
  return v;
}

INLINE void store(real *p, long n, vec v) {
  if (n >= LANES) *(loose *)p = v;
  else for (int i = 0; i < n; i++) p[i] = v[i];
}

INLINE vec muladd(vec a, vec b, vec c) {
#ifdef __wasm_relaxed_simd__
  return __builtin_wasm_fma_f32x4(a, b, c);
#else
  return a * b + c; // the compiler fuses it where the machine can
#endif
}

INLINE double sum(vec v) {
  double s = 0;
  for (int i = 0; i < LANES; i++) s += v[i];
  return s;
}

/** a where the mask is set, else b. */
#define SELECT(mask, a, b) ((vec)(((mask) & (bits)(a)) | (~(mask) & (bits)(b))))

// ── exponential and logarithm ────────────────────────────────────────────────────────────────────────────────────────

#define IS_DOUBLE (sizeof(real) == 8)
typedef __typeof__((vec){0} < (vec){0}) bits; // whole numbers as wide as a real

/**
 * exp(x) = 2ⁿ exp(r) with n = round(x / ln 2) and |r| ≤ ln 2 / 2, exp(r) by Taylor's series to the last digit.
 * Adding 1.5 · 2^mantissa rounds n and leaves it in the low bits, where a shift makes it an exponent. NaN stays NaN, and
 * what is far below 1 becomes 0: numbers too small to be normal slow every product they enter by a factor of a hundred.
 */
INLINE vec exponential(vec x) {
  const real magic = IS_DOUBLE ? 6755399441055744.0 : 12582912.0f;
  const real ln2_high = IS_DOUBLE ? 6.93147180369123816490e-01 : 0.693145751953125f;
  const real ln2_low = IS_DOUBLE ? 1.90821492927058770002e-10 : 1.428606820309417e-6f;
  const real limit = IS_DOUBLE ? 700 : 87;
  bits none = x < -limit;
  x = SELECT(none, splat(0), x);
  x = SELECT(x > limit, splat(limit), x);
  vec shifted = x * (real)1.4426950408889634 + magic;
  vec n = shifted - magic;
  vec r = x - n * ln2_high - n * ln2_low;
  vec p = splat(1);
  for (int k = IS_DOUBLE ? 13 : 7; k > 0; k--) p = muladd(p * (real)(1.0 / k), r, splat(1));
  return (vec)(~none & ((bits)p + ((bits)shifted << (IS_DOUBLE ? 52 : 23))));
}

INLINE vec sigmoid(vec x) { return 1 / (1 + exponential(-x)); }

/** ln x = e ln 2 + 2 artanh((m - 1) / (m + 1)) for x = m 2^e, m within √2 of one. */
static double logarithm(double x) {
  union { double x; unsigned long long u; } v = {x};
  int e = (int)(v.u >> 52) - 1023;
  v.u = (v.u & 0xfffffffffffffULL) | 0x3ff0000000000000ULL;
  if (v.x > 1.4142135623730951) { v.x *= 0.5; e++; }
  double s = (v.x - 1) / (v.x + 1), p = 0;
  for (int k = 23; k > 0; k -= 2) p = p * s * s + 1.0 / k;
  return e * 0.6931471805599453 + 2 * s * p;
}

INLINE real root(real x) { return IS_DOUBLE ? __builtin_sqrt(x) : __builtin_sqrtf(x); }

// ── matrix products ──────────────────────────────────────────────────────────────────────────────────────────────────

/** A k × n matrix cut into panels of PANEL columns, each row by row; the last panel is as wide as its vectors. */
typedef struct { real *at; long k, n; } packed;

/** Packs b(k, j) = b[k · bk + j · bj]; one of the strides is 1. */
static packed pack(real *to, long k, long n, const real *b, long bk, long bj) {
  for (long j = 0; j < n; j += PANEL) {
    long columns = min(PANEL, n - j), width = min(PANEL, round_up(n - j));
    real *panel = to + j * k;
    const real *from = b + j * bj;
    if (bj == 1) {
      for (long i = 0; i < k; i++)
        for (long v = 0; v < width; v += LANES) store(panel + i * width + v, LANES, load(from + i * bk + v, columns - v));
    } else {
      for (long v = 0; v < columns; v++)
        for (long i = 0; i < k; i++) panel[i * width + v] = from[i * bk + v * bj];
      for (long v = columns; v < width; v++)
        for (long i = 0; i < k; i++) panel[i * width + v] = 0;
    }
  }
  return (packed){to, k, n};
}

/** One tile: `rows` and `vecs` are known when compiling, so the sums live in registers. */
INLINE void tile(const int rows, const int vecs, long k, const real *a, long ai, long ak, const real *b, long width,
                 real *c, long ldc, int add) {
  vec s[ROWS][VECS];
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < vecs; v++) {
      s[r][v] = (vec){0};
      if (add) s[r][v] = *(const loose *)(c + r * ldc + v * LANES);
    }
  for (; k > 0; k--, a += ak, b += width) {
    vec row[VECS];
    UNROLL for (int v = 0; v < vecs; v++) row[v] = *(const loose *)(b + v * LANES);
    UNROLL for (int r = 0; r < rows; r++) {
      vec x = splat(a[r * ai]);
      UNROLL for (int v = 0; v < vecs; v++) s[r][v] = muladd(x, row[v], s[r][v]);
    }
  }
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < vecs; v++) *(loose *)(c + r * ldc + v * LANES) = s[r][v];
}

static void copy_tile(long rows, long columns, const real *from, long step, real *to, long to_step) {
  for (long r = 0; r < rows; r++)
    for (long j = 0; j < columns; j++) to[r * to_step + j] = from[r * step + j];
}

/** C (+)= A B over the first n columns and k rows of a packed B; A(i, k) = a[i · ai + k · ak], one stride is 1. */
static void times(long m, long n, long k, const real *a, long ai, long ak, packed b, real *c, long ldc, int add) {
  real edge[ROWS * PANEL]; // stands in for a tile of C that ends within a vector
  for (long j = 0; j < n; j += PANEL) {
    long columns = min(PANEL, n - j), width = min(PANEL, round_up(b.n - j)), vecs = round_up(columns) / LANES;
    int ragged = columns % LANES != 0;
    for (long i = 0, rows; i < m; i += rows) {
      rows = m - i >= ROWS ? ROWS : m - i >= 4 ? 4 : m - i >= 2 ? 2 : 1;
      real *own = c + i * ldc + j, *to = ragged ? edge : own;
      long step = ragged ? PANEL : ldc;
      if (ragged && add) copy_tile(rows, columns, own, ldc, edge, PANEL);
#define TILE(R, V)                                                                                \
  case (R) * 8 + (V):                                                                             \
    if (ak == 1) tile(R, V, k, a + i * ai, ai, 1, b.at + j * b.k, width, to, step, add);          \
    else tile(R, V, k, a + i * ai, 1, ak, b.at + j * b.k, width, to, step, add);                  \
    break;
#define TILES(R) TILE(R, 1) TILE(R, 2)
#define WIDE_TILES(R) TILES(R) TILE(R, 3) TILE(R, 4)
      switch (rows * 8 + vecs) {
#if defined(__AVX512F__) || defined(__aarch64__)
        WIDE_TILES(1) WIDE_TILES(2) WIDE_TILES(4) WIDE_TILES(6)
#elif defined(__AVX__)
        TILES(1) TILES(2) TILES(4) TILES(6)
#else
        TILES(1) TILES(2) TILES(4)
#endif
      }
      if (ragged) copy_tile(rows, columns, edge, PANEL, own, ldc);
    }
  }
}

enum { DEPTH = 128 }; // rows of B that are packed at a time: a panel of them fits the nearest cache
static real *scratch; // for packing

/** C (+)= A B with B(k, j) = b[k · bk + j · bj]. */
static void multiply(long m, long n, long k, const real *a, long ai, long ak, const real *b, long bk, long bj, real *c,
                     long ldc, int add) {
  for (long from = 0; from < k; from += DEPTH) {
    long depth = min(DEPTH, k - from);
    packed slice = pack(scratch, depth, n, b + from * bk, bk, bj);
    times(m, n, depth, a + from * ak, ai, ak, slice, c, ldc, add || from > 0);
  }
}

/** Y (+)= X W for a matrix W [in][out]; the backward pass: dX = dY Wᵀ, dW += Xᵀ dY. */
static void forth(long rows, long in, long out, const real *x, const real *w, real *y, int add) {
  multiply(rows, out, in, x, in, 1, w, out, 1, y, out, add);
}
static void back(long rows, long in, long out, const real *x, const real *w, const real *dy, real *dx, real *dw) {
  multiply(rows, in, out, dy, out, 1, w, 1, out, dx, in, 0);
  multiply(in, out, rows, x, 1, in, dy, out, 1, dw, out, 1);
}

// ── the model and its memory ─────────────────────────────────────────────────────────────────────────────────────────

static struct {
  int layers, width, heads, kv_heads, head, ffn, vocabulary, context;
  int tied, centred, gated; // centred: LayerNorm without bias, else RMSNorm
  int piece, batch;         // sequences that go through together, and the most that come in one call
  real score_scale, logit_scale;
  long weights, inner, qkv, up; // up: width of the first feed-forward product
} M;

static real *params, *grads, *first, *second; // AdamW's moments
static real *rates, *decays;                  // one factor a tensor
static real *cosines, *sines;                 // [context][head / 2]
static real *kept, *final, *final_stat, *final_norm;
static real *dx, *dnorm, *dqkv, *dout, *dup, *dact, *scores, *dscores, *logits;
static real *keys_across, *values_across, *keys, *values, *head_across, *head_along; // packed
static int *tokens;
enum { CHUNK = 24, HEAD_ROWS = 96 }; // rows of scores, and of logits, that exist at a time

/** The weights of one layer, or their gradients: they lie in the same order. */
typedef struct { real *norm1, *qkv, *out, *norm2, *up, *down; } Layer;

static long layer_size(void) { return M.width * (2 + M.qkv + M.inner + M.up + (long)M.ffn); }

static Layer layer(real *base, int l) {
  Layer w;
  long d = M.width;
  w.norm1 = base + (long)M.vocabulary * d + l * layer_size();
  w.qkv = w.norm1 + d;
  w.out = w.qkv + d * M.qkv;
  w.norm2 = w.out + M.inner * d;
  w.up = w.norm2 + d;
  w.down = w.up + d * M.up;
  return w;
}

/** The last norm, and behind it the head, unless the embedding is the head. */
static real *last_norm(real *base) { return layer(base, M.layers).norm1; }
static real *head_of(real *base) { return M.tied ? base : last_norm(base) + M.width; }

/** What the backward pass needs of one layer's forward pass. */
typedef struct { real *in, *stat1, *norm1, *qkv, *peaks, *out, *mid, *stat2, *norm2, *up, *act; } Kept;

static long kept_size(void) {
  long n = (long)M.piece * M.context;
  return n * (4L * M.width + 4 + M.qkv + 2 * M.heads + M.inner + M.up + M.ffn);
}

static Kept kept_of(int l) {
  long n = (long)M.piece * M.context, d = M.width;
  Kept k;
  k.in = kept + l * kept_size(), k.stat1 = k.in + n * d, k.norm1 = k.stat1 + n * 2, k.qkv = k.norm1 + n * d;
  k.peaks = k.qkv + n * M.qkv, k.out = k.peaks + n * 2 * M.heads, k.mid = k.out + n * M.inner;
  k.stat2 = k.mid + n * d, k.norm2 = k.stat2 + n * 2, k.up = k.norm2 + n * d, k.act = k.up + n * M.up;
  return k;
}

static char *arena; // where the next piece goes, or null while only counting
static double bytes;

/** A piece of n reals, on cache lines of its own and with a vector to spare behind it. */
static real *take(double n) {
  real *piece = (real *)arena;
  double whole = __builtin_ceil((n * sizeof(real) + VECTOR) / 64) * 64;
  bytes += whole;
  if (arena) arena += (long)whole;
  return piece;
}

static double area(long k, long n) { return (double)k * round_up(n); } // of a packed matrix

static double lay_out(char *start) {
  arena = start, bytes = 0;
  long d = M.width, T = M.context, V = M.vocabulary, tensors = 2 + 6L * M.layers + !M.tied;
  double n = (double)M.piece * T, wide = d;
  params = take(M.weights), grads = take(M.weights), first = take(M.weights), second = take(M.weights);
  rates = take(tensors), decays = take(tensors);
  cosines = take(T * M.head / 2), sines = take(T * M.head / 2);
  tokens = (int *)take(M.batch * (T + 1.0));
  kept = take((double)kept_size() * M.layers);
  final = take(n * d), final_stat = take(n * 2), final_norm = take(n * d);
  dx = take(n * d), dnorm = take(n * d), dqkv = take(n * M.qkv), dout = take(n * M.inner);
  dup = take(n * M.up), dact = take(n * M.ffn);
  scores = take(CHUNK * round_up(T)), dscores = take(CHUNK * round_up(T)), logits = take(HEAD_ROWS * (double)V);
  keys_across = take(area(M.head, T)), values_across = take(area(M.head, T));
  keys = take(area(T, M.head)), values = take(area(T, M.head));
  head_across = take(area(d, V)), head_along = take(area(V, d));
  long widths[] = {M.qkv, M.up, M.ffn, M.inner, M.head};
  for (int i = 0; i < 5; i++) wide = widths[i] > wide ? widths[i] : wide;
  scratch = take(area(DEPTH, wide));
  return bytes;
}

/** Describes the model; answers how many bytes it needs. */
EXPORT double describe(int layers, int width, int heads, int kv_heads, int head, int ffn, int vocabulary, int context,
                       int tied, int centred, int gated, int piece, int batch, double score_scale, double logit_scale) {
  M.layers = layers, M.width = width, M.heads = heads, M.kv_heads = kv_heads, M.head = head, M.ffn = ffn;
  M.vocabulary = vocabulary, M.context = context, M.tied = tied, M.centred = centred, M.gated = gated;
  M.piece = piece, M.batch = batch, M.score_scale = score_scale, M.logit_scale = logit_scale;
  M.inner = (long)heads * head, M.qkv = M.inner + 2L * kv_heads * head, M.up = (long)ffn * (gated ? 2 : 1);
  M.weights = layers * layer_size() + (1 + (tied ? 1L : 2L) * vocabulary) * width;
  return lay_out(0);
}

/** Where the memory is: as many bytes as `describe` said, zeroed, at a multiple of 64. */
EXPORT void place(char *start) { lay_out(start); }

EXPORT double weights(void) { return M.weights; }

/** What the outside reads and writes. */
EXPORT void *region(int which) {
  real *regions[] = {params, grads, first, second, rates, decays, cosines, sines};
  return which == 8 ? (void *)tokens : regions[which];
}

// ── the parts: each forward, then backward ───────────────────────────────────────────────────────────────────────────

/** y = (x - mean) / √(variance + 1e-5) · gain; RMSNorm takes the mean for 0. stat keeps the mean and 1 / √. */
static void norm(long n, const real *x, const real *gain, real *restrict y, real *stat) {
  long d = M.width;
  for (long t = 0; t < n; t++, x += d, y += d, stat += 2) {
    vec total = {0}, square = {0};
    for (long i = 0; i < d; i += LANES) total += load(x + i, d - i);
    real mean = M.centred ? sum(total) / d : 0;
    for (long i = 0; i < d; i++) y[i] = x[i] - mean;
    for (long i = 0; i < d; i += LANES) square += load(y + i, d - i) * load(y + i, d - i);
    real scale = 1 / __builtin_sqrt(sum(square) / d + 1e-5);
    for (long i = 0; i < d; i++) y[i] *= scale * gain[i];
    stat[0] = mean, stat[1] = scale;
  }
}

/** With h = (x - mean) · scale and e = dy · gain: dx += scale (e - mean(e) - h mean(e h)), dgain += Σ dy h. */
static void norm_back(long n, const real *x, const real *gain, const real *stat, const real *dy, real *restrict dx,
                      real *restrict dgain) {
  long d = M.width;
  for (long t = 0; t < n; t++, x += d, dy += d, dx += d, stat += 2) {
    real mean = stat[0], scale = stat[1];
    vec total = {0}, along = {0};
    for (long i = 0; i < d; i += LANES) {
      vec e = load(dy + i, d - i) * load(gain + i, d - i);
      total += e;
      along = muladd(e, (load(x + i, d - i) - mean) * scale, along);
    }
    real shift = M.centred ? sum(total) / d : 0, slope = sum(along) / d;
    for (long i = 0; i < d; i++) {
      real h = (x[i] - mean) * scale;
      dx[i] += scale * (dy[i] * gain[i] - shift - h * slope);
      dgain[i] += dy[i] * h;
    }
  }
}

/** Turns pair (i, i + head / 2) of every query and key head by its position's angle; backward by minus that. */
static void rotate(long n, real *qkv, real direction) {
  long half = M.head / 2;
  for (long t = 0; t < n; t++) {
    const real *c = cosines + t % M.context * half, *s = sines + t % M.context * half;
    for (int h = 0; h < M.heads + M.kv_heads; h++) {
      real *restrict a = qkv + t * M.qkv + h * M.head, *restrict b = a + half;
      for (long i = 0; i < half; i++) {
        real x = a[i], y = b[i], turn = direction * s[i];
        a[i] = x * c[i] - y * turn;
        b[i] = y * c[i] + x * turn;
      }
    }
  }
}

/** Scores of query rows from … of one head, already masked: -1e30 above the diagonal and in the padding. */
static void masked_scores(long from, long rows, const real *query, packed across) {
  long stride = round_up(M.context), end = round_up(from + rows);
  times(rows, end, M.head, query, M.qkv, 1, across, scores, stride, 0);
  for (long r = 0; r < rows; r++)
    for (long j = from + r + 1; j < end; j++) scores[r * stride + j] = (real)-1e30;
}

/** out = softmax(scale · Q Kᵀ) V, in chunks of query rows; of a softmax only its highest score and 1 / Σ are kept. */
static void attention(long sequences, const real *qkv, real *out, real *peaks) {
  long T = M.context, c = M.qkv, h = M.head, stride = round_up(T), group = M.heads / M.kv_heads;
  for (long s = 0; s < sequences; s++, qkv += T * c, out += T * M.inner, peaks += 2 * T * M.heads)
    for (long g = 0; g < M.kv_heads; g++) {
      const real *k = qkv + M.inner + g * h, *v = k + M.kv_heads * h;
      packed across = pack(keys_across, h, T, k, 1, c), along = pack(values, T, h, v, c, 1);
      for (long q = g * group; q < (g + 1) * group; q++)
        for (long from = 0; from < T; from += CHUNK) {
          long rows = min(CHUNK, T - from), end = from + rows;
          real *o = out + from * M.inner + q * h, *peak = peaks + 2 * (q * T + from);
          masked_scores(from, rows, qkv + from * c + q * h, across);
          for (long r = 0; r < rows; r++) {
            real *row = scores + r * stride, top = row[0];
            vec high = splat(top), total = {0};
            for (long j = 0; j < end; j += LANES) {
              vec x = load(row + j, LANES);
              high = SELECT(x > high, x, high);
            }
            for (int i = 0; i < LANES; i++) top = high[i] > top ? high[i] : top;
            for (long j = 0; j < end; j += LANES) {
              vec e = exponential((load(row + j, LANES) - top) * M.score_scale);
              store(row + j, LANES, e);
              total += e;
            }
            peak[2 * r] = top, peak[2 * r + 1] = 1 / sum(total);
          }
          times(rows, h, end, scores, stride, 1, along, o, M.inner, 0);
          for (long r = 0; r < rows; r++)
            for (long i = 0; i < h; i++) o[r * M.inner + i] *= peak[2 * r + 1];
        }
    }
}

/** With P the softmax again, dP = dout Vᵀ and D = Σ P dP of a row: dV += Pᵀ dout, dS = scale P (dP - D), dQ = dS K, dK += dSᵀ Q. */
static void attention_back(long sequences, const real *qkv, const real *peaks, const real *dout, real *dqkv) {
  long T = M.context, c = M.qkv, h = M.head, stride = round_up(T), group = M.heads / M.kv_heads;
  for (long s = 0; s < sequences; s++) {
    for (long i = 0; i < T; i++)
      for (long j = M.inner; j < c; j++) dqkv[i * c + j] = 0;
    for (long g = 0; g < M.kv_heads; g++) {
      long key = M.inner + g * h, value = key + M.kv_heads * h;
      packed k_across = pack(keys_across, h, T, qkv + key, 1, c), k_along = pack(keys, T, h, qkv + key, c, 1);
      packed v_across = pack(values_across, h, T, qkv + value, 1, c);
      for (long q = g * group; q < (g + 1) * group; q++)
        for (long from = 0; from < T; from += CHUNK) {
          long rows = min(CHUNK, T - from), end = from + rows;
          const real *query = qkv + from * c + q * h;
          const real *dO = dout + from * M.inner + q * h;
          masked_scores(from, rows, query, k_across);
          times(rows, round_up(end), h, dO, M.inner, 1, v_across, dscores, stride, 0);
          for (long r = 0; r < rows; r++) {
            const real *peak = peaks + 2 * (q * T + from + r);
            vec along = {0};
            for (long j = r * stride; j < r * stride + end; j += LANES) {
              vec p = exponential((load(scores + j, LANES) - peak[0]) * M.score_scale) * peak[1];
              along = muladd(p, load(dscores + j, LANES), along);
              store(scores + j, LANES, p);
            }
            real D = sum(along);
            for (long j = r * stride; j < r * stride + end; j += LANES)
              store(dscores + j, LANES, load(scores + j, LANES) * (load(dscores + j, LANES) - D) * M.score_scale);
          }
          times(rows, h, end, dscores, stride, 1, k_along, dqkv + from * c + q * h, c, 0);
          multiply(end, h, rows, dscores, 1, stride, query, c, 1, dqkv + key, c, 1);
          multiply(end, h, rows, scores, 1, stride, dO, M.inner, 1, dqkv + value, c, 1);
        }
    }
    qkv += T * c, dqkv += T * c, dout += T * M.inner, peaks += 2 * T * M.heads;
  }
}

/** GELU by tanh: x σ(2u), u = √(2/π) (x + 0.044715 x³). Gated: SwiGLU, gate σ(gate) · value. */
static void activate(long n, const real *up, real *act) {
  long f = M.ffn;
  const real c = 1.5957691216057308, cubic = 0.044715; // c = 2 √(2/π)
  for (long t = 0; t < n; t++, up += M.up, act += f)
    for (long i = 0; i < f; i += LANES) {
      vec x = load(up + i, f - i);
      if (M.gated) store(act + i, f - i, x * sigmoid(x) * load(up + f + i, f - i));
      else store(act + i, f - i, x * sigmoid(c * (x + cubic * x * x * x)));
    }
}

static void activate_back(long n, const real *up, const real *dact, real *dup) {
  long f = M.ffn;
  const real c = 1.5957691216057308, cubic = 0.044715;
  for (long t = 0; t < n; t++, up += M.up, dup += M.up, dact += f)
    for (long i = 0; i < f; i += LANES) {
      vec x = load(up + i, f - i), dy = load(dact + i, f - i);
      if (M.gated) {
        vec s = sigmoid(x), value = load(up + f + i, f - i);
        store(dup + i, f - i, dy * value * s * (1 + x * (1 - s)));
        store(dup + f + i, f - i, dy * x * s);
      } else {
        vec s = sigmoid(c * (x + cubic * x * x * x));
        store(dup + i, f - i, dy * (s + x * s * (1 - s) * c * (1 + 3 * cubic * x * x)));
      }
    }
}

/**
 * Σ -ln softmax(s x Eᵀ)[target] over n tokens, HEAD_ROWS at a time. Where the share is above 0 also the gradients of
 * share · Σ: dx, and that of the head.
 */
static double cross_entropy(long n, const real *x, const int *targets, real share, real *dx, real *dhead) {
  long d = M.width, V = M.vocabulary;
  const real *head = head_of(params);
  packed across = pack(head_across, d, V, head, 1, d), along = {0};
  if (share > 0) along = pack(head_along, V, d, head, d, 1);
  double nats = 0;
  for (long from = 0; from < n; from += HEAD_ROWS, x += HEAD_ROWS * d, dx += HEAD_ROWS * d) {
    long rows = min(HEAD_ROWS, n - from);
    times(rows, V, d, x, d, 1, across, logits, V, 0);
    for (long r = 0; r < rows; r++) {
      real *z = logits + r * V, top = z[0];
      // the targets of a sequence are its tokens, one further on
      long target = targets[(from + r) / M.context * (M.context + 1) + (from + r) % M.context + 1];
      real aimed = z[target];
      vec high = splat(top), total = {0};
      for (long j = 0; j < V - LANES; j += LANES) high = SELECT(load(z + j, LANES) > high, load(z + j, LANES), high);
      for (int i = 0; i < LANES; i++) top = high[i] > top ? high[i] : top;
      for (long j = (V - 1) / LANES * LANES; j < V; j++) top = z[j] > top ? z[j] : top;
      for (long j = 0; j < V; j += LANES) {
        store(z + j, V - j, exponential((load(z + j, V - j) - top) * M.logit_scale));
        total += load(z + j, V - j);
      }
      double whole = sum(total);
      nats += (double)(top - aimed) * M.logit_scale + logarithm(whole);
      real factor = share * M.logit_scale;
      for (long j = 0; j < V; j++) z[j] *= (real)(factor / whole);
      z[target] -= factor;
    }
    if (share > 0) {
      times(rows, d, V, logits, V, 1, along, dx, d, 0);
      multiply(V, d, rows, logits, 1, V, x, d, 1, dhead, d, 1);
    }
  }
  return nats;
}

// ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────────────

static void copy(long n, const real *restrict from, real *restrict to) {
  for (long i = 0; i < n; i++) to[i] = from[i];
}

static void forward(long sequences, const int *input) {
  long n = sequences * M.context, d = M.width;
  real *x = kept_of(0).in;
  for (long t = 0; t < n; t++) copy(d, params + input[t + t / M.context] * d, x + t * d);
  for (int l = 0; l < M.layers; l++) {
    Layer w = layer(params, l);
    Kept k = kept_of(l);
    real *next = l + 1 < M.layers ? kept_of(l + 1).in : final;
    norm(n, k.in, w.norm1, k.norm1, k.stat1);
    forth(n, d, M.qkv, k.norm1, w.qkv, k.qkv, 0);
    rotate(n, k.qkv, 1);
    attention(sequences, k.qkv, k.out, k.peaks);
    copy(n * d, k.in, k.mid);
    forth(n, M.inner, d, k.out, w.out, k.mid, 1);
    norm(n, k.mid, w.norm2, k.norm2, k.stat2);
    forth(n, d, M.up, k.norm2, w.up, k.up, 0);
    activate(n, k.up, k.act);
    copy(n * d, k.mid, next);
    forth(n, M.ffn, d, k.act, w.down, next, 1);
  }
  norm(n, final, last_norm(params), final_norm, final_stat);
}

static void backward(long sequences, const int *input) {
  long n = sequences * M.context, d = M.width;
  for (long i = 0; i < n * d; i++) dx[i] = 0;
  norm_back(n, final, last_norm(params), final_stat, dnorm, dx, last_norm(grads));
  for (int l = M.layers - 1; l >= 0; l--) {
    Layer w = layer(params, l), g = layer(grads, l);
    Kept k = kept_of(l);
    back(n, M.ffn, d, k.act, w.down, dx, dact, g.down);
    activate_back(n, k.up, dact, dup);
    back(n, d, M.up, k.norm2, w.up, dup, dnorm, g.up);
    norm_back(n, k.mid, w.norm2, k.stat2, dnorm, dx, g.norm2);
    back(n, M.inner, d, k.out, w.out, dx, dout, g.out);
    attention_back(sequences, k.qkv, k.peaks, dout, dqkv);
    rotate(n, dqkv, -1);
    back(n, d, M.qkv, k.norm1, w.qkv, dqkv, dnorm, g.qkv);
    norm_back(n, k.in, w.norm1, k.stat1, dnorm, dx, g.norm1);
  }
  for (long t = 0; t < n; t++) {
    real *restrict row = grads + input[t + t / M.context] * d;
    for (long i = 0; i < d; i++) row[i] += dx[t * d + i];
  }
}

/** Σ nats of the sequences in `tokens`, each context + 1 tokens long. */
EXPORT double evaluate(int sequences) {
  double nats = 0;
  for (long from = 0; from < sequences; from += M.piece) {
    long some = min(M.piece, sequences - from);
    const int *input = tokens + from * (M.context + 1);
    forward(some, input);
    nats += cross_entropy(some * M.context, final_norm, input, 0, dnorm, grads);
  }
  return nats;
}

/** The same, and leaves the gradient of the mean over all their tokens in `grads`. */
EXPORT double gradient(int sequences) {
  real share = 1 / ((real)sequences * M.context);
  double nats = 0;
  for (long i = 0; i < M.weights; i++) grads[i] = 0;
  for (long from = 0; from < sequences; from += M.piece) {
    long some = min(M.piece, sequences - from);
    const int *input = tokens + from * (M.context + 1);
    forward(some, input);
    nats += cross_entropy(some * M.context, final_norm, input, share, dnorm, head_of(grads));
    backward(some, input);
  }
  return nats;
}

static double grad_norm(void) {
  double total = 0;
  for (long from = 0; from < M.weights; from += 4096) {
    long n = min(4096, M.weights - from);
    vec square = {0};
    for (long i = 0; i < n; i += LANES) square += load(grads + from + i, n - i) * load(grads + from + i, n - i);
    total += sum(square);
  }
  return __builtin_sqrt(total);
}

static void adamw(long n, real *restrict p, const real *restrict g, real *restrict m, real *restrict v, real rate,
                  real beta1, real beta2, real epsilon, real keep, real scale, real correction) {
  for (long i = 0; i < n; i++) {
    real slope = g[i] * scale;
    m[i] = beta1 * m[i] + (1 - beta1) * slope;
    v[i] = beta2 * v[i] + (1 - beta2) * slope * slope;
    p[i] = p[i] * keep - rate * m[i] / (root(v[i]) * correction + epsilon);
  }
}

/**
 * One step of AdamW (Loshchilov and Hutter 2019, decoupled decay) on `grads`, shortened to `clip` if longer.
 * correction1 = 1 - beta1ᵗ and correction2 = 1 - beta2ᵗ for step t. Answers the gradient's norm before clipping.
 */
EXPORT double update(double rate, double beta1, double beta2, double epsilon, double decay, double clip,
                     double correction1, double correction2) {
  double length = grad_norm(), scale = clip > 0 && length > clip ? clip / length : 1;
  long d = M.width, tensor = 0, at = 0;
  long sizes[] = {d, d * M.qkv, M.inner * d, d, d * M.up, (long)M.ffn * d};
  for (long l = -1; l <= M.layers; l++)
    for (int i = 0; i < 6; i++) {
      long size = l < 0 ? (long)M.vocabulary * d : l < M.layers ? sizes[i] : i == 0 ? d : (long)M.vocabulary * d;
      if ((l < 0 && i > 0) || (l == M.layers && i > !M.tied)) break;
      double own = rate * rates[tensor];
      adamw(size, params + at, grads + at, first + at, second + at, own / correction1, beta1, beta2, epsilon,
            1 - own * decay * decays[tensor], scale, 1 / __builtin_sqrt(correction2));
      at += size, tensor++;
    }
  return length;
}
