// what a thread loads of the figures: their index whole would bring the schemas along
export { figureMakers } from "../figures/index.ts";
