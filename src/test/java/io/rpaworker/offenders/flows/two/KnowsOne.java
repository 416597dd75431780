package io.rpaworker.offenders.flows.two;

import io.rpaworker.offenders.flows.one.KnowsTwo;
import org.jspecify.annotations.Nullable;

/** Half of a cycle. */
public record KnowsOne(@Nullable KnowsTwo other) {}
