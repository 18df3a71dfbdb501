// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>

#include <functional>

#include "model/load/load.h"
#include "tests/tools/ctf_writer.h"
#include "tests/tools/event_script.h"

namespace exitscope::testing {

// Traces written from scripts into a directory of their own, and what the whole pipeline makes of them.
class WrittenRecording {
public:
    using Configure = std::function<void(CtfOptions &)>;

    // Throws std::runtime_error if there is no room for temporary files.
    WrittenRecording();

    // Writes one trace into the sub-directory `name`.
    WrittenRecording &add(std::string_view script, const std::string &name = "host", const Configure &configure = {},
        const RecordedFields &allowed = {});

    QString path(const std::string &name = {}) const;
    // With the exitscope-reader of this build.
    Recording load(LoadOptions options = {}) const;

private:
    QTemporaryDir m_directory;
};

// One trace, loaded.
Recording loadScript(
    std::string_view script, const WrittenRecording::Configure &configure = {}, const RecordedFields &allowed = {});

// The first vCPU of the first host; throws std::out_of_range with the diagnostics if there is none.
const Vcpu &firstVcpu(const Recording &recording);
// By "qemu/0" in the first host.
const Vcpu &vcpuNamed(const Recording &recording, const QString &id);

} // namespace exitscope::testing
