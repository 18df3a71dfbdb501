// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/common/standard_input.h"

#include <QFile>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "model/diagnostic_codes.h"

namespace exitscope {

namespace {

const QString kName = QStringLiteral("-");

// -1: an error; 0: the end. Nothing is waited for once `cancel` is set.
ssize_t readSome(std::array<char, 65536> &buffer, CancelFlag cancel)
{
    constexpr int kLookMs = 100;
    while (!isCancelled(cancel)) {
        pollfd input{STDIN_FILENO, POLLIN, 0};
        if (::poll(&input, 1, kLookMs) <= 0) // nothing yet, or a signal
            continue;
        const ssize_t size = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (size >= 0 || (errno != EINTR && errno != EAGAIN))
            return size;
    }
    return 0;
}

} // namespace

QString StandardInput::keep(CancelFlag cancel)
{
    m_root.emplace();
    if (!m_root->isValid())
        return m_root->errorString();
    QFile file(m_root->path() + QStringLiteral("/standard-input"));
    if (!file.open(QIODevice::WriteOnly))
        return file.errorString();
    std::array<char, 65536> buffer;
    ssize_t size = 0;
    while ((size = readSome(buffer, cancel)) > 0)
        if (file.write(buffer.data(), size) != size)
            return file.errorString();
    if (size < 0)
        return qt_error_string(errno);
    if (!file.flush())
        return file.errorString();
    m_file = file.fileName();
    m_isEmpty = file.size() == 0;
    return {};
}

Recording StandardInput::loadRecording(const QStringList &paths, const LoadOptions &options, CancelFlag cancel)
{
    if (!paths.contains(kName))
        return exitscope::loadRecording(paths, options, {}, cancel);
    if (const QString cause = keep(cancel); !cause.isEmpty()) {
        Recording nothing;
        nothing.diagnostics.push_back(makeDiagnostic(Code::TraceUnreadable,
            QStringLiteral("the standard input cannot be kept in a temporary file: %1; set TMPDIR").arg(cause), kName));
        return nothing;
    }
    if (m_isEmpty) {
        Recording nothing;
        nothing.diagnostics.push_back(
            makeDiagnostic(Code::EmptyTrace, QStringLiteral("nothing came through the standard input"), kName));
        return nothing;
    }
    QStringList files = paths;
    files.removeAll(kName);
    files.prepend(m_file);
    LoadOptions ofFile = options;
    std::ranges::replace(ofFile.joined, kName, m_file);
    if (const auto role = ofFile.roles.extract(kName))
        ofFile.roles[m_file] = role.mapped();
    Recording recording = exitscope::loadRecording(files, ofFile, {}, cancel);
    for (TraceInfo &trace : recording.traces)
        trace.path = trace.path == m_file ? kName : trace.path;
    for (GuestTrace &guest : recording.guests)
        guest.path = guest.path == m_file ? kName : guest.path;
    for (Diagnostic &diagnostic : recording.diagnostics) {
        diagnostic.path = diagnostic.path == m_file ? kName : diagnostic.path;
        diagnostic.message.replace(m_file, QStringLiteral("FILE"));
    }
    return recording;
}

} // namespace exitscope
