package io.rpaworker.run;

import io.rpaworker.flow.BesideFlows;
import io.rpaworker.flow.FlowRuns;
import io.rpaworker.handlerjar.RunBean;
import io.rpaworker.queue.run.RunDiscovery;
import io.rpaworker.queue.run.RunEnd;
import io.rpaworker.settings.SettingsException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** The two flows beside each that has runs: one for discovery, one for what is done once at the end. */
@Component
class RunFlows implements BesideFlows {

    private final RunKinds kinds;
    private final RunDiscovery discovery;
    private final RunEnd end;
    private final FlowRuns settings;
    private final RunMeters meters;

    RunFlows(RunKinds kinds, RunDiscovery discovery, RunEnd end, FlowRuns settings, RunMeters meters) {
        this.kinds = kinds;
        this.discovery = discovery;
        this.end = end;
        this.settings = settings;
        this.meters = meters;
    }

    @Override
    public List<Beside> of(Set<String> flows) {
        return kinds.all().stream()
                .flatMap(it -> {
                    refuseUnknown(it, flows);
                    refuseUnstartable(it);
                    return besides(it);
                })
                .toList();
    }

    private <A, C> Stream<Beside> besides(RunKind<A, C> kind) {
        String flow = kind.flow();
        RunBean last = Objects.requireNonNullElse(kind.completion(), kind.source());
        return Stream.of(
                new Beside(flow, kind.source().with(new DiscoveryHandler<>(kind, discovery, settings.of(flow)))),
                new Beside(flow, last.with(new EndHandler<>(kind, discovery, end, meters))));
    }

    private static void refuseUnknown(RunKind<?, ?> kind, Set<String> flows) {
        if (!flows.contains(kind.flow())) {
            throw new SettingsException(
                    "%s is for the runs of flow '%s', which no RecordHandler bean has"
                            .formatted(kind.source().origin().text(), kind.flow()),
                    "Known flows are %s. Correct the name, or add the handler.".formatted(flows));
        }
    }

    // A schedule gives no parameters: each of its runs would fail at its first page.
    private void refuseUnstartable(RunKind<?, ?> kind) {
        if (!settings.of(kind.flow()).isScheduled()) {
            return;
        }
        try {
            kind.check("{}");
        } catch (IllegalArgumentException e) {
            throw new SettingsException(
                    "Flow '%s' has a run.schedule, which starts runs without parameters, but those of %s are needed. %s"
                            .formatted(kind.flow(), kind.source().origin().text(), e.getMessage()),
                    "Let the source do without them, or set rpa.flows.%s.run.schedule to '-'.".formatted(kind.flow()),
                    e);
        }
    }
}
