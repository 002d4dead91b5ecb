export declare function findChromium(): string | null;
export declare const chromiumRemedy: string;
export declare function installChromium(): void;
