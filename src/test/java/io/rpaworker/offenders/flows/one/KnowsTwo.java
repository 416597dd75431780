package io.rpaworker.offenders.flows.one;

import io.rpaworker.offenders.flows.two.KnowsOne;

/** Half of a cycle. */
public record KnowsTwo(KnowsOne other) {}
