// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/reader/frame_writer.h"
#include "app/reader/stream_session.h"

namespace exitscope::reader {

// Serves the streams in turn, as the commands on stdin ask for.
class Server {
public:
    struct Input {
        enum class Kind {
            Directory, // `path`: where the stream is alone
            Of, // `path`: where it is the one of `file` among others of its trace
            File, // `path`: the file whose stream of CPU `cpu` it is
        };
        Kind kind;
        std::string path;
        std::string file{};
        std::int32_t cpu = kNoPcpu;
    };
    Server(const std::vector<Input> &inputs, Plain plain);

    // Until Quit or the end of stdin; the process's exit status.
    int run();

private:
    enum class Commands { Open, Ended, Broken };

    Commands readCommands(bool wait);
    bool obey(const wire::Command &command); // false: it makes no sense
    void openAll();
    StreamSession *nextWithWork();

    FrameWriter m_writer;
    std::vector<std::unique_ptr<StreamSession>> m_streams;
    std::size_t m_turn = 0; // of the stream that works
    std::string m_input; // bytes of an incomplete command
};

} // namespace exitscope::reader
