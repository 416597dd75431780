/** A handler that lives in a repository of its own. */
@NullMarked
package com.example.greeting;

import org.jspecify.annotations.NullMarked;
