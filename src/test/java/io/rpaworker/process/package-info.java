/** Tests of real processes: the executable jar in a JVM and a working directory of its own. */
@NullMarked
package io.rpaworker.process;

import org.jspecify.annotations.NullMarked;
