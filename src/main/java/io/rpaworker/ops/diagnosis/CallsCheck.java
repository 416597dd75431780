package io.rpaworker.ops.diagnosis;

import io.rpaworker.worker.FlowState;
import io.rpaworker.worker.FlowState.Hang;
import io.rpaworker.worker.Worker;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** Calls of this replica that take longer than their record-timeout, and those that ignore their interrupt. */
@Component
class CallsCheck implements ReplicaCheck {

    static final Kind HANGING = Kind.warning("hanging-call");
    static final Kind STUCK = Kind.warning("stuck-call");
    static final Kind ALL_STUCK = Kind.critical("all-slots-stuck");

    private static final int MOST_RECORDS = 10;

    private final Worker worker;

    CallsCheck(Worker worker) {
        this.worker = worker;
    }

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    @Override
    public List<Finding> look(Scene scene) {
        var findings = new ArrayList<Finding>();
        for (FlowState flow : worker.flows()) {
            List<Hang> late = flow.hanging().stream().filter(it -> !it.stuck()).toList();
            if (!late.isEmpty()) {
                findings.add(told(
                        scene,
                        HANGING.found(
                                "%d calls of flow %s take longer than its record-timeout"
                                        .formatted(late.size(), flow.flow()),
                                "They have been interrupted, or are about to be; the log has their stacks. If such calls"
                                        + " are sound, raise rpa.flows.<flow>.record-timeout."),
                        flow,
                        late));
            }
            if (flow.stuck() > 0) {
                findings.add(told(
                        scene,
                        stuck(flow),
                        flow,
                        flow.hanging().stream().filter(Hang::stuck).toList()));
            }
        }
        return findings;
    }

    private static Finding stuck(FlowState flow) {
        return (flow.isAllStuck() ? ALL_STUCK : STUCK)
                .found(
                        "%d of %d slots of flow %s are stuck: their calls ignore the interrupt"
                                .formatted(flow.stuck(), flow.slots(), flow.flow()),
                        "Restart this replica to have the slots back; bound what the handler waits for (the log has the"
                                + " stacks), or set rpa.flows.<flow>.restart-when-stuck.");
    }

    private static Finding told(Scene scene, Finding finding, FlowState flow, List<Hang> calls) {
        Finding told = finding.with(Finding.FLOW, flow.flow())
                .with("slots", flow.slots())
                .with("slots_stuck", flow.stuck())
                .with(
                        "records",
                        calls.stream()
                                .flatMap(it -> it.records().stream())
                                .limit(MOST_RECORDS)
                                .toList());
        return calls.isEmpty() ? told : told.since(scene.ago(calls.getFirst().runningFor()));
    }
}
