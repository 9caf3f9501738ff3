// npm run build: compiles src to dist.
import { prepare } from './lib/prepare.mjs';

await prepare();
