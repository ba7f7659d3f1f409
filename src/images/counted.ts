/** The same chunks; `onBytes` receives the size of each as it goes by. */
export async function* counted(
  data: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  for await (const chunk of data) {
    onBytes(chunk.length);
    yield chunk;
  }
}
