import { useEffect, useState } from "react";

/** A height that follows the window's. */
export function useWindowHeight(of: (pixels: number) => number): number {
  const [pixels, setPixels] = useState(innerHeight);
  useEffect(() => {
    const measure = (): void => setPixels(innerHeight);
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, []);
  return of(pixels);
}
