package io.rpaworker.ops;

import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.queue.run.RunPart;
import java.util.List;

/** Says for which flows the pause of one holds: for those beside it, which its runs need. */
public final class FlowOwners {

    private FlowOwners() {}

    /**
     * The flow that a flow belongs to; itself for most. This process knows that of a flow that it has a handler for, or
     * that its configuration names; of any other the name says it.
     */
    public static String of(FlowRegistry flows, String flow) {
        return flows.ownerOf(flow).orElseGet(() -> RunPart.ownerOf(flow));
    }

    /** A flow and those that belong to it, whether or not it has runs. */
    public static List<String> with(FlowRegistry flows, String flow) {
        return RunPart.flowsWith(flow).stream()
                .filter(it -> it.equals(flow) || of(flows, it).equals(flow))
                .toList();
    }
}
