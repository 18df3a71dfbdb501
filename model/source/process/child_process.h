// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <sys/types.h>

namespace exitscope {

// A program that was started, with our ends of its standard streams, which do not block. Who has it closes them, and
// waits for it.
struct ChildProcess {
    pid_t pid = 0;
    int in = -1; // a socket: writing to it can be told not to raise SIGPIPE
    int out = -1;
    int err = -1;

    // 0, or an errno: then nothing is open. Nothing else that is open here goes to it.
    int start(const QString &program, const QStringList &arguments);
};

// How it ended, by the status of waitpid(): "the reader was ended by signal SIGSEGV".
QString describeEnd(int waitStatus);

// exitscope-reader, beside the running program.
QString readerBesideUs();

} // namespace exitscope
