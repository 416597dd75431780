package io.rpaworker.flows.survey;

import org.junit.jupiter.api.Assumptions;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.GenericContainer;

/** Starts containers for tests that are worth skipping where an image cannot be had. */
final class Containers {

    private Containers() {}

    static void startOrSkip(GenericContainer<?> container) {
        try {
            container.start();
        } catch (ContainerFetchException notToBeHad) {
            Assumptions.abort("image " + container.getDockerImageName() + " cannot be had: " + notToBeHad.getMessage());
        }
    }
}
