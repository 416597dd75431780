package io.rpaworker.bench.peer;

import java.time.Duration;
import java.util.stream.IntStream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.scheduling.BackgroundJobRequest;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.jspecify.annotations.Nullable;

/** JobRunr with 128 workers on virtual threads and 40 connections: the best of what was tried. */
public final class JobRunrPeer {

    private static final int WORKERS = 128;
    private static final int CONNECTIONS = 40;

    private static @Nullable PeerProcess process;

    private JobRunrPeer() {}

    public static void main(String[] arguments) throws Exception {
        var peer = new PeerProcess(arguments, CONNECTIONS, 0);
        process = peer;
        // The mapper that it was measured with; left to itself it takes the worker's Jackson 3.
        var configuration = JobRunr.configure()
                .useJsonMapper(new JacksonJsonMapper())
                .useStorageProvider(new PostgresStorageProvider(peer.dataSource()));
        if (peer.isToFill()) {
            configuration.initialize();
            BackgroundJobRequest.enqueue(
                    IntStream.range(0, peer.records()).mapToObj(i -> new Request(PeerProcess.payload(i))));
            Runtime.getRuntime().halt(0);
        }
        peer.awaitGo();
        configuration
                .useBackgroundJobServer(BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andPollInterval(Duration.ofSeconds(5))
                        .andWorkerCount(WORKERS))
                .initialize();
        peer.awaitEnd();
    }

    /** A job. */
    public static class Request implements JobRequest {

        /** What it is about; JobRunr sets it when it reads the job. */
        public @Nullable String payload;

        /** For JobRunr. */
        public Request() {}

        Request(String payload) {
            this.payload = payload;
        }

        @Override
        public Class<Handler> getJobRequestHandler() {
            return Handler.class;
        }
    }

    /** What does it. */
    public static class Handler implements JobRequestHandler<Request> {

        /** For JobRunr. */
        public Handler() {}

        @Override
        public void run(Request request) {
            if (process != null && request.payload != null) {
                process.handle(request.payload);
            }
        }
    }
}
