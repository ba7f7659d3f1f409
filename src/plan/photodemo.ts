import type { ResolvedConfig } from '../config/types.js';
import { optional } from '../util/optional.js';
import type { PhotodemoPlan } from './types.js';

type WorkflowConfig = NonNullable<ResolvedConfig['workflow']>;

/** The settings of `photodemo`; jobs of 200 photos after a test over 5 are the tutorial's. */
export function planPhotodemo(
  { manifest, photos, ...rest }: NonNullable<WorkflowConfig['photodemo']>,
  { requestMemoryMb, retries }: Pick<PhotodemoPlan, 'requestMemoryMb' | 'retries'>,
): PhotodemoPlan {
  return {
    ...optional('manifest', manifest),
    ...optional('photos', photos),
    chunk: rest.chunk ?? 200,
    test: rest.test ?? 5,
    luminance: rest.luminance ?? 'bt601',
    requestMemoryMb,
    retries,
  };
}
