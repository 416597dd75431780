package io.rpaworker.ops.action;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.node.ObjectNode;

/**
 * That an operator orders a run to be started, in his words.
 *
 * @param flow whose
 * @param parameters by their names; null for none
 * @param dryRun whether pages are only read and counted; null for no
 * @param reason why; null for none
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RunStart(
        @Nullable String flow,
        @Nullable ObjectNode parameters,
        @Nullable Boolean dryRun,
        @Nullable String reason) {}
