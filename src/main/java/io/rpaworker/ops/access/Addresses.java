package io.rpaworker.ops.access;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What counts as one address: of IPv6 the network, since a single host has all addresses of one. */
final class Addresses {

    private static final int NETWORK_BYTES = 8;

    private Addresses() {}

    static String of(@Nullable String remote) {
        if (remote == null || remote.indexOf(':') < 0) {
            return remote == null ? "" : remote;
        }
        InetAddress address;
        try {
            // A literal, of which nobody is asked.
            address = InetAddress.ofLiteral(remote);
        } catch (IllegalArgumentException e) {
            return remote;
        }
        return address instanceof Inet6Address && !address.isLoopbackAddress()
                ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), NETWORK_BYTES))
                : remote;
    }
}
