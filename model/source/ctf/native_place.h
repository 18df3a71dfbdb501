// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "model/source/ctf/stream_data.h"

namespace exitscope {

// A trace as the native decoder sees it: its metadata is read when the first stream needs it, once for all of them.
class NativeTrace {
public:
    explicit NativeTrace(QString directory) : m_directory(std::move(directory)) { }

    // From any thread. Throws ctf::CtfError, each time with the same cause.
    std::shared_ptr<const ctf::Trace> get();

    // Whether libbabeltrace2 can stand in: not for CTF 2, which it reads from 2.1 on only.
    bool isForLibrary() const;

private:
    QString m_directory;
    std::mutex m_mutex;
    std::shared_ptr<const ctf::Trace> m_trace;
    std::optional<std::string> m_cause; // why there is none
};

// Where the native decoder finds a stream.
struct NativePlace {
    std::shared_ptr<NativeTrace> trace;
    std::vector<ctf::StreamFile> files;
    QString refusal{}; // why another reader has to read it; empty as long as none has
};

} // namespace exitscope
