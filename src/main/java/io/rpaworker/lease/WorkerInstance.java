package io.rpaworker.lease;

import java.util.UUID;

/**
 * One start of this process. A restarted pod of the same name is another replica, so it never keeps its predecessor's
 * claims alive.
 *
 * @param id host and a UUID of this start, at most 100 characters; {@code flow_instance_id} of what it claims
 * @param host the machine's or pod's name
 * @param version of the program
 */
public record WorkerInstance(String id, String host, String version) {

    private static final int LONGEST_HOST = 63;

    /** A new identity; after a lost lease the process takes another one. */
    public static WorkerInstance startedOn(String host, String version) {
        String shortHost = host.length() > LONGEST_HOST ? host.substring(0, LONGEST_HOST) : host;
        return new WorkerInstance(shortHost + "-" + UUID.randomUUID(), host, version);
    }
}
