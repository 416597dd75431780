package io.rpaworker.ops.meters;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.rpaworker.maintenance.LastTotals;
import io.rpaworker.maintenance.LastTotals.Result;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** A gauge that says whether the totals that all counts rest on were wrong when they were last compared. */
@Component
class TotalsMeters implements MeterBinder {

    // A day from one comparison to the next, which may be another replica's, and what it takes: by then somebody else
    // has compared, and what this one found is old news.
    private static final Duration REMEMBERED = Duration.ofHours(25);

    private final LastTotals totals;

    TotalsMeters(LastTotals totals) {
        this.totals = totals;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("rpa.totals.differed", this, TotalsMeters::flows)
                .description("Flows whose totals this replica found to differ from the table, and mended, in a day")
                .register(registry);
    }

    private double flows() {
        return totals.last()
                .filter(it -> it.age().compareTo(REMEMBERED) < 0)
                .map(Result::flows)
                .orElse(0);
    }
}
