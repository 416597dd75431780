package io.rpaworker.ops.diagnosis;

import io.rpaworker.condition.FlowCondition;
import io.rpaworker.condition.Hanging;
import io.rpaworker.ops.Hindrances;
import io.rpaworker.ops.Hindrances.Hindrance;
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

    private final Hindrances hindrances;

    CallsCheck(Hindrances hindrances) {
        this.hindrances = hindrances;
    }

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    @Override
    public List<Finding> look(Scene scene) {
        return findings(scene, hindrances.here());
    }

    static List<Finding> findings(Scene scene, List<Hindrance> hindrances) {
        var findings = new ArrayList<Finding>();
        for (Hindrance it : hindrances) {
            FlowCondition flow = it.condition();
            List<Hanging> late =
                    flow.hanging().stream().filter(call -> !call.stuck()).toList();
            if (!late.isEmpty()) {
                findings.add(told(
                        scene,
                        HANGING.found(
                                "%d calls of flow %s take longer than its record-timeout on %s"
                                        .formatted(late.size(), flow.flow(), it.host()),
                                "They have been interrupted, or are about to be; the log has their stacks. If such calls"
                                        + " are sound, raise rpa.flows.<flow>.record-timeout."),
                        it,
                        late));
            }
            if (flow.stuck() > 0) {
                findings.add(told(
                        scene,
                        stuck(it),
                        it,
                        flow.hanging().stream().filter(Hanging::stuck).toList()));
            }
        }
        return findings;
    }

    private static Finding stuck(Hindrance hindrance) {
        FlowCondition flow = hindrance.condition();
        return (flow.isAllStuck() ? ALL_STUCK : STUCK)
                .found(
                        "%d of %d slots of flow %s are stuck on %s: their calls ignore the interrupt"
                                .formatted(flow.stuck(), flow.slots(), flow.flow(), hindrance.host()),
                        "Restart that replica to have the slots back; bound what the handler waits for (the log has the"
                                + " stacks), or set rpa.flows.<flow>.restart-when-stuck.");
    }

    private static Finding told(Scene scene, Finding finding, Hindrance hindrance, List<Hanging> calls) {
        FlowCondition flow = hindrance.condition();
        Finding told = finding.with(Finding.FLOW, flow.flow())
                .with("replica", hindrance.host())
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
