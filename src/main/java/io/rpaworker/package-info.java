/** The application: starts the context and picks up handler jars. */
@NullMarked
package io.rpaworker;

import org.jspecify.annotations.NullMarked;
