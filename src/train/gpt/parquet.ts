import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { decompress } from "fzstd";
import { readColumn } from "hyparquet/src/column.js";
import { DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import { parquetMetadata } from "hyparquet/src/metadata.js";
import { getSchemaPath } from "hyparquet/src/schema.js";

/**
 * The texts in a Parquet file's column "text", row by row; rows without one are left out.
 *
 * Only that column is read, a row group at a time; compressed by Snappy, Zstandard, gzip, Brotli or not at all. By
 * hyparquet's parts and not by its reader, which cannot read at once, as a corpus is read.
 */
export function parquetTexts(file: string): string[] {
  const name = basename(file);
  const descriptor = openSync(file, "r");
  const read = (from: number, to: number): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(to - from);
    for (let at = 0; at < bytes.length; ) {
      const count = readSync(descriptor, bytes, at, bytes.length - at, from + at);
      if (count === 0) throw new Error(`cannot read ${name}: it ends before its data do; is it whole?`);
      at += count;
    }
    return bytes;
  };
  try {
    const { size } = fstatSync(descriptor);
    if (size < 12 || new TextDecoder().decode(read(size - 4, size)) !== "PAR1")
      throw new Error(`cannot read ${name}: it is no Parquet file; is it whole?`);
    const length = new DataView(read(size - 8, size - 4).buffer).getUint32(0, true);
    const { schema, row_groups: groups } = parquetMetadata(read(Math.max(0, size - 8 - length), size));
    const columns = schema.filter((_, i) => i > 0).map((column) => column.name);
    const column = schema.find((one) => one.name === "text");
    if (column === undefined || column.type !== "BYTE_ARRAY")
      throw new Error(`${name}: expected a column "text" of strings, got ${columns.join(", ")}`);
    const schemaPath = getSchemaPath(schema, ["text"]);
    return groups.flatMap(({ columns, num_rows }) => {
      const chunk = columns.find(({ meta_data }) => meta_data?.path_in_schema.join(".") === "text")!
        .meta_data!;
      const { codec, type, data_page_offset, dictionary_page_offset, total_compressed_size } = chunk;
      const start = Number(dictionary_page_offset || data_page_offset);
      const { buffer } = read(start, start + Number(total_compressed_size));
      const rows = Number(num_rows);
      if (codec !== "UNCOMPRESSED" && codec !== "SNAPPY" && !Object.hasOwn(compressors, codec))
        throw new Error(
          `cannot read ${name}: expected it compressed by Snappy, Zstandard, gzip or Brotli, got ${codec}; write it anew`,
        );
      const { data } = readColumn(
        { view: new DataView(buffer), offset: 0 },
        { groupStart: 0, groupRows: rows, selectStart: 0, selectEnd: rows },
        {
          pathInSchema: ["text"],
          element: column,
          schemaPath,
          codec,
          type,
          parsers: DEFAULT_PARSERS,
          compressors,
          utf8: true,
        },
      );
      return data.flatMap((page) =>
        [...(page as ArrayLike<unknown> & Iterable<unknown>)].filter((text) => typeof text === "string"),
      );
    });
  } finally {
    closeSync(descriptor);
  }
}

const compressors = {
  GZIP: (input: Uint8Array): Uint8Array => gunzipSync(input),
  BROTLI: (input: Uint8Array): Uint8Array => brotliDecompressSync(input),
  // Node itself has it from 22.15 on
  ZSTD: (input: Uint8Array, length: number): Uint8Array => decompress(input, new Uint8Array(length)),
};
