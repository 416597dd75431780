package io.rpaworker.ops.action;

import io.rpaworker.flow.FlowRuns;
import io.rpaworker.flow.RunSettings.Overlap;
import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import io.rpaworker.ops.fleet.FlowSightings;
import io.rpaworker.queue.run.RunPart;
import io.rpaworker.run.RunParameters;
import io.rpaworker.text.PostgresText;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Looks whether a run can be started as it is ordered. */
@Component
class RunStarts {

    private static final int LONGEST_FLOW = 96;

    private final FlowSightings flows;
    private final FlowRuns settings;
    private final ObjectProvider<RunParameters> parameters;

    // The command line has no sources, and leaves it to the replica that reads the first page.
    RunStarts(FlowSightings flows, FlowRuns settings, ObjectProvider<RunParameters> parameters) {
        this.flows = flows;
        this.settings = settings;
        this.parameters = parameters;
    }

    /** What is to be started. */
    record Checked(String flow, ObjectNode parameters, boolean dryRun, Overlap overlap) {

        String json() {
            return parameters.toString();
        }
    }

    Checked check(RunStart start) {
        String flow = Parameters.needed("flow", start.flow());
        ObjectNode given = start.parameters() == null ? JsonNodeFactory.instance.objectNode() : start.parameters();
        refuseUnfit(flow, given);
        requireRuns(flow);
        return new Checked(
                flow,
                given,
                Boolean.TRUE.equals(start.dryRun()),
                settings.of(flow).overlap());
    }

    private void refuseUnfit(String flow, ObjectNode given) {
        if (hasNoText(given)) {
            throw Parameters.invalid(
                    "parameters", "A parameter has a character that rpa_db cannot hold, NUL or half a surrogate pair");
        }
        try {
            parameters.ifAvailable(it -> it.check(flow, given.toString()));
        } catch (IllegalArgumentException e) {
            throw Parameters.invalid("parameters", String.valueOf(e.getMessage()));
        }
    }

    private static boolean hasNoText(JsonNode node) {
        return (node.isString() && !PostgresText.canHold(node.asString()))
                || node.propertyNames().stream().anyMatch(it -> !PostgresText.canHold(it))
                || node.valueStream().anyMatch(RunStarts::hasNoText);
    }

    private void requireRuns(String flow) {
        String discovery = flow + RunPart.DISCOVERY;
        boolean known =
                flow.length() <= LONGEST_FLOW && flows.look(null).names().contains(discovery);
        if (known) {
            return;
        }
        flows.look(flow);
        throw new Problem(
                        Problem.Kind.NOT_FOUND,
                        "Flow %s has no runs: no live replica has a RecordSource for it".formatted(flow))
                .with("flow_name", flow);
    }
}
