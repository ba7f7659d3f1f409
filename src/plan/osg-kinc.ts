import type { ResolvedConfig } from '../config/types.js';
import type { OsgKincPlan } from './types.js';

type OsgKincConfig = NonNullable<NonNullable<ResolvedConfig['workflow']>['osg_kinc']>;

/** Where the original images have OSG-KINC, and what its workflow leaves. */
export function planOsgKinc(given: OsgKincConfig = {}): OsgKincPlan {
  return {
    directory: given.directory ?? '/home/condor_pool/OSG-KINC',
    program: given.program ?? './submit',
    arguments: given.arguments ?? [],
    outputs: given.outputs ?? 'outputs',
    results: given.results ?? ['kinc.out.{job}', 'clusters-sc{job}.tar.gz'],
  };
}
