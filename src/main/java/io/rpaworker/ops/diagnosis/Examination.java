package io.rpaworker.ops.diagnosis;

import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.FlowSettings;
import io.rpaworker.migration.SchemaHistory;
import io.rpaworker.ops.Answer;
import io.rpaworker.ops.Answer.Answered;
import io.rpaworker.ops.Answer.Unanswered;
import io.rpaworker.ops.BoundedQuestion;
import io.rpaworker.ops.Questions;
import io.rpaworker.queue.counts.OrphanedRecords;
import io.rpaworker.queue.counts.OrphanedRecords.Orphaned;
import io.rpaworker.text.FailureReason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the facts and lets the checks look, in one question to rpa_db. A check that fails takes nobody's turn. */
@Component
class Examination {

    static final Kind FAILED = Kind.info("check-failed");

    private final Questions questions;
    private final Sessions sessions;
    private final SchemaHistory history;
    private final Function<Duration, List<Orphaned>> orphans;
    private final List<Check> checks;
    private final BoundedQuestion<Examined> inquiry;
    private final InstantSource clock = InstantSource.system();

    Examination(
            Questions questions,
            Sessions sessions,
            SchemaHistory history,
            OrphanedRecords orphans,
            FlowRegistry flows,
            List<Check> checks) {
        this.questions = questions;
        this.sessions = sessions;
        this.history = history;
        this.orphans = otherwise -> orphans.count(flows.cleanupTimeouts(), otherwise);
        this.checks = checks;
        this.inquiry = new BoundedQuestion<>("diagnosis", QueueHealth.PATIENCE, () -> questions.ask(this::ofRpaDb));
    }

    /**
     * What came of it.
     *
     * @param facts what was read
     * @param findings what the checks found
     */
    record Examined(Facts facts, List<Finding> findings) {}

    private record Tried<T>(Optional<T> value, @Nullable String problem) {}

    /** Examines rpa_db; never throws. */
    Examined rpaDb(Duration atMost) {
        Answer<Examined> answer = inquiry.ask(atMost);
        return switch (answer) {
            case Answered<Examined> it -> it.value();
            case Unanswered<Examined> it ->
                new Examined(Facts.unknown(it.reason()), List.of(failed("the checks of rpa_db", it.reason())));
        };
    }

    /** Looks at what can be seen without asking rpa_db. */
    List<Finding> ofProcess(Scene scene) {
        var findings = new ArrayList<Finding>();
        checks.stream().filter(it -> !it.asksRpaDb()).forEach(it -> {
            try {
                findings.addAll(it.look(scene));
            } catch (RuntimeException e) {
                findings.add(failed(name(it), FailureReason.of(e)));
            }
        });
        return findings;
    }

    private Examined ofRpaDb() {
        var findings = new ArrayList<Finding>();
        Tried<Session> session = tried("the session", findings, sessions::read);
        sessions.bound();
        Tried<Optional<SchemaHistory.State>> schema = tried("the schema's history", findings, history::find);
        Tried<List<Orphaned>> orphaned = tried(
                "orphans",
                findings,
                () -> orphans.apply(FlowSettings.defaults("any").cleanupTimeout()));
        var facts = new Facts(
                session.value(),
                schema.value().flatMap(Function.identity()),
                orphaned.value().orElse(List.of()),
                orphaned.problem());
        var scene = new Scene(clock.instant(), Optional.empty(), Optional.empty(), facts);
        checks.stream()
                .filter(Check::asksRpaDb)
                .forEach(it ->
                        tried(name(it), findings, () -> it.look(scene)).value().ifPresent(findings::addAll));
        return new Examined(facts, findings);
    }

    private <T> Tried<T> tried(String what, List<Finding> findings, Supplier<T> question) {
        try {
            return new Tried<>(Optional.of(questions.part(question)), null);
        } catch (RuntimeException e) {
            String reason = FailureReason.of(e);
            findings.add(failed(what, reason));
            return new Tried<>(Optional.empty(), reason);
        }
    }

    private static String name(Check check) {
        return check.getClass().getSimpleName();
    }

    private static Finding failed(String what, String reason) {
        return FAILED.found(
                        "%s could not be checked".formatted(what),
                        "Mostly a right that the worker's role lacks, docs/sql/roles.sql, or a lock: ask again in a moment.")
                .with("check", what)
                .with("reason", reason);
    }
}
