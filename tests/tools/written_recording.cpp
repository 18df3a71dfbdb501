// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/written_recording.h"

#include <stdexcept>

#include "tests/tools/timeline_text.h"

namespace exitscope::testing {

namespace {

std::string messages(const Recording &recording)
{
    std::string text;
    for (const Diagnostic &diagnostic : recording.diagnostics)
        text += "\n" + diagnostic.code.toStdString() + ": " + diagnostic.message.toStdString();
    return text;
}

} // namespace

WrittenRecording::WrittenRecording()
{
    if (!m_directory.isValid())
        throw std::runtime_error(m_directory.errorString().toStdString());
}

WrittenRecording &WrittenRecording::add(
    std::string_view script, const std::string &name, const Configure &configure, const RecordedFields &allowed)
{
    CtfTrace trace(path(name).toStdString());
    if (configure)
        configure(trace.options);
    EventScript(script).writeTo(trace, allowed);
    trace.write();
    return *this;
}

QString WrittenRecording::path(const std::string &name) const
{
    return name.empty() ? m_directory.path() : m_directory.filePath(QString::fromStdString(name));
}

Recording WrittenRecording::load(LoadOptions options) const
{
    if (options.readerProgram.isEmpty())
        options.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    return loadRecording({path()}, options);
}

Recording loadScript(
    std::string_view script, const WrittenRecording::Configure &configure, const RecordedFields &allowed)
{
    return WrittenRecording().add(script, "host", configure, allowed).load();
}

const Vcpu &firstVcpu(const Recording &recording)
{
    if (recording.hosts.empty() || recording.hosts[0].vms.empty() || recording.hosts[0].vms[0].vcpus.empty())
        throw std::out_of_range("no vCPU was found" + messages(recording));
    return recording.hosts[0].vms[0].vcpus[0];
}

const Vcpu &vcpuNamed(const Recording &recording, const QString &id)
{
    if (recording.hosts.empty())
        throw std::out_of_range("no host was found" + messages(recording));
    return vcpuNamed(recording.hosts[0], id);
}

} // namespace exitscope::testing
