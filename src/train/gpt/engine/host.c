// The engine as a process: one model, commands on standard input, answers on standard output, in order. It ends when its
// input ends, so it never outlives whoever started it, whatever happened to them.

#include "engine.c"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#endif

static void get(void *to, size_t size, size_t count) {
  if (fread(to, size, count, stdin) != count) exit(0);
}

static void put(const void *from, size_t size, size_t count) {
  if (fwrite(from, size, count, stdout) != count || fflush(stdout)) exit(1);
}

/** Takes numbers too small to be normal for 0, as they are a hundred times slower than others. */
static void flush_tiny(void) {
#if defined(__SSE__)
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#elif defined(__aarch64__)
  unsigned long control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  __asm__ volatile("msr fpcr, %0" : : "r"(control | 1ul << 24));
#endif
}

int main(void) {
  flush_tiny();
#ifdef _WIN32
  _setmode(_fileno(stdin), _O_BINARY), _setmode(_fileno(stdout), _O_BINARY);
#endif
  double m[15], answer[2];
  get(m, sizeof(double), 15);
  double size = describe(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8], m[9], m[10], m[11], m[12], m[13], m[14]);
  char *memory = calloc(1, (size_t)size + 64);
  answer[0] = memory ? weights() : -1;
  put(answer, sizeof(double), 1);
  if (!memory) return 1;
  place(memory + (64 - (size_t)memory % 64) % 64);

  for (int command[4];;) { // what, region or sequences, first, count
    get(command, sizeof(int), 4);
    int what = command[0], which = command[1], count = command[3];
    if (what == 'W') get((real *)region(which) + command[2], sizeof(real), count);
    if (what == 'R') put((real *)region(which) + command[2], sizeof(real), count);
    if (what == 'C') answer[0] = (double)clock() / CLOCKS_PER_SEC, put(answer, sizeof(double), 1);
    if (what != 'E' && what != 'G' && what != 'S') continue;
    get(region(8), sizeof(int), count);
    if (what == 'E') answer[0] = evaluate(which);
    else answer[0] = gradient(which);
    answer[1] = 0;
    if (what == 'S') {
      double o[8];
      get(o, sizeof(double), 8);
      answer[1] = update(o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7]);
    }
    put(answer, sizeof(double), 2);
  }
}
