/**
 * Numbers between 0 and 1 that look random and are the same for the same seed (Park and Miller's
 * minimal standard generator, 1988): a report made twice is the same to the byte.
 * @param seed a whole number above 0
 */
export function seededRandom(seed: number): () => number {
  const modulus = 2 ** 31 - 1;
  let state = seed % modulus;
  return () => {
    state = (state * 48_271) % modulus;
    return (state - 1) / (modulus - 1);
  };
}
