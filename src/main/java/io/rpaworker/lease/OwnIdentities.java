package io.rpaworker.lease;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.stereotype.Component;

/** The machine's name, the program's version as it was built, and a UUID for each identity. */
@Component
class OwnIdentities implements Identities {

    private static final String UNKNOWN_VERSION = "unknown";

    private final String host = hostName();
    private final String version;

    OwnIdentities(ObjectProvider<BuildProperties> build) {
        BuildProperties known = build.getIfAvailable();
        String built = known == null ? null : known.getVersion();
        this.version = built == null ? UNKNOWN_VERSION : built;
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public WorkerInstance next() {
        return WorkerInstance.startedOn(host, version);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown-host";
        }
    }
}
