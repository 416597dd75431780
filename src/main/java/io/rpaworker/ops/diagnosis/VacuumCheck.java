package io.rpaworker.ops.diagnosis;

import io.rpaworker.queue.counts.TableUpkeep;
import io.rpaworker.queue.counts.TableUpkeep.Upkeep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** Whether the queue's table is cleaned up, and whether PostgreSQL does so by itself. */
@Component
class VacuumCheck implements Check {

    static final Kind DEAD_ROWS = Kind.warning("dead-rows");
    static final Kind OVERDUE = Kind.warning("vacuum-overdue");
    static final Kind SWITCHED_OFF = Kind.warning("autovacuum-off");

    private final TableUpkeep table;
    private final DiagnosisProperties properties;

    VacuumCheck(TableUpkeep table, DiagnosisProperties properties) {
        this.table = table;
        this.properties = properties;
    }

    @Override
    public List<Finding> look(Scene scene) {
        var findings = new ArrayList<Finding>();
        boolean automatic = table.isAutomatic();
        if (!automatic) {
            findings.add(SWITCHED_OFF.found(
                    "Autovacuum is switched off for the whole server",
                    "alter system set autovacuum = on; alter system set track_counts = on; select pg_reload_conf(); or,"
                            + " if they come from the command line of the server, change that."));
        }
        table.passedOver()
                .forEach(it -> findings.add(SWITCHED_OFF
                        .found(
                                "Autovacuum is switched off for %s".formatted(it),
                                "alter table %s reset (autovacuum_enabled, toast.autovacuum_enabled);".formatted(it))
                        .with("relation", it)));
        table.look().ifPresent(it -> findings.addAll(dead(scene, it, automatic)));
        return findings;
    }

    private List<Finding> dead(Scene scene, Upkeep upkeep, boolean automatic) {
        var findings = new ArrayList<Finding>();
        boolean many = upkeep.dead() > properties.deadRows();
        Duration vacuumed = upkeep.vacuumed();
        if (many && upkeep.deadPercent() > properties.deadPercent()) {
            findings.add(told(
                    DEAD_ROWS.found(
                            "%.0f %% of the rows of %s are dead".formatted(upkeep.deadPercent(), upkeep.relation()),
                            "vacuum (verbose) %s; says why they stay: mostly somebody holds an old snapshot."
                                    .formatted(upkeep.relation())),
                    upkeep,
                    automatic));
        }
        if (many && (vacuumed == null || vacuumed.compareTo(properties.vacuumAfter()) > 0)) {
            Finding overdue = told(
                    OVERDUE.found(
                            "%s has %d dead rows, and no vacuum has ended for long"
                                    .formatted(upkeep.relation(), upkeep.dead()),
                            "vacuum (verbose) %s; and see that autovacuum is on and has workers to spare: show autovacuum;"
                                    .formatted(upkeep.relation())),
                    upkeep,
                    automatic);
            findings.add(vacuumed == null ? overdue : overdue.since(scene.ago(vacuumed)));
        }
        return findings;
    }

    private static Finding told(Finding finding, Upkeep upkeep, boolean automatic) {
        return finding.with("relation", upkeep.relation())
                .with("live_rows", upkeep.live())
                .with("dead_rows", upkeep.dead())
                .with("autovacuum", automatic ? "on" : "off");
    }
}
