/** The studio's server: Request → Response over a folder of runs, fits and sweeps, the same verbs as the command line. */

export { answerVerb, type VerbAnswer, type VerbWork } from "./answer-verb.ts";
export { type StudioApp, type StudioOptions, studioApp } from "./app.ts";
export { newToken, type ServedStudio, type ServeOptions, serveStudio, usualPort } from "./serve.ts";
