package io.rpaworker.database;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import javax.net.SocketFactory;

/**
 * Sockets for the connection that listens. After each notification the driver waits a millisecond for another one
 * before it tells of it: a third of the way from a record's commit to its handler. On these sockets it sees at once
 * that there is none.
 */
public final class PromptSocketFactory extends SocketFactory {

    /** Made by the driver, by this class's name. */
    public PromptSocketFactory() {}

    @Override
    public Socket createSocket() {
        return new PromptSocket();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException();
    }

    private static final class PromptSocket extends Socket {

        // Milliseconds; nobody else sets so short a timeout.
        private static final int PEEK = 1;

        private volatile int timeout;

        @Override
        public void setSoTimeout(int timeout) throws SocketException {
            this.timeout = timeout;
            super.setSoTimeout(timeout);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read(byte[] bytes, int from, int length) throws IOException {
                    if (timeout == PEEK && available() == 0) {
                        throw new SocketTimeoutException("Nothing to read");
                    }
                    return super.read(bytes, from, length);
                }
            };
        }
    }
}
