"""kinc: similarity, merge, threshold and extract of a gene co-expression network.

The steps and the options of `similarity` follow KINC v1 (Ficklin et al.,
SystemsGenetics/KINC, tag v1.0.0) as the OSG-KINC workflow calls it.
"""
