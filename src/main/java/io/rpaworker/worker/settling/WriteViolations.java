package io.rpaworker.worker.settling;

import io.rpaworker.flow.Flow;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a flow's handler has done to the transaction of its {@code write} that nobody can take back. Health shows the
 * last of it until the process ends: only another version of the handler mends it.
 */
final class WriteViolations {

    private static final Logger log = LoggerFactory.getLogger(WriteViolations.class);
    private static final int MOST_IDS = 20;

    private final String flow;
    private final String handler;
    private volatile @Nullable String last;

    WriteViolations(Flow<?, ?> flow) {
        this.flow = flow.name();
        this.handler = flow.handler().getClass().getName();
    }

    /** These records are completed, because {@code write} has committed; what it wrote afterwards is not. */
    void committed(Collection<Long> records) {
        var ids = new TreeSet<>(records)
                .stream().limit(MOST_IDS).map(String::valueOf).toList();
        String which = String.join(", ", ids) + (records.size() > MOST_IDS ? ", …" : "");
        log.error(
                "The write of handler {} committed its transaction by itself: {} records of flow {} are completed, and"
                        + " what was written after that commit is lost. The commit has to go from the handler. Records: {}",
                handler,
                records.size(),
                flow,
                which);
        last =
                "The write of handler %s commits its transaction by itself: records %s of flow %s are completed, maybe without all of their effects"
                        .formatted(handler, which, flow);
    }

    /** The last of it, for people; empty if there was none. */
    Optional<String> last() {
        return Optional.ofNullable(last);
    }
}
