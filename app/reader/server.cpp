// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/server.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <poll.h>
#include <unistd.h>

#include "app/reader/ctf/ctf_session.h"
#include "app/reader/file/file_session.h"

namespace exitscope::reader {

Server::Server(const std::vector<Input> &inputs, Plain plain)
{
    for (const Input &input : inputs) {
        const auto number = static_cast<std::uint16_t>(m_streams.size());
        if (input.kind == Input::Kind::File)
            m_streams.push_back(std::make_unique<FileSession>(number, input.path, input.cpu, plain, m_writer));
        else
            m_streams.push_back(std::make_unique<CtfSession>(number, input.path, input.file, plain, m_writer));
    }
}

void Server::openAll()
{
    SharedTrace trace;
    SharedFile file;
    OpenedBefore before{trace, file};
    for (const auto &stream : m_streams) {
        stream->open(before);
        m_writer.did(1);
        m_writer.heartbeatIfDue();
    }
}

int Server::run()
{
    openAll();
    while (true) {
        StreamSession *stream = nextWithWork();
        const Commands commands = readCommands(!stream);
        if (commands != Commands::Open)
            return commands == Commands::Ended ? 0 : 1;
        if (!stream)
            continue;
        if (stream->work())
            ++m_turn; // a frame was sent: the next one's turn
        m_writer.heartbeatIfDue();
    }
}

StreamSession *Server::nextWithWork()
{
    for (std::size_t i = 0; i < m_streams.size(); ++i) {
        const std::size_t candidate = (m_turn + i) % m_streams.size();
        if (m_streams[candidate]->hasWork()) {
            m_turn = candidate;
            return m_streams[candidate].get();
        }
    }
    return nullptr;
}

Server::Commands Server::readCommands(bool wait)
{
    pollfd input{STDIN_FILENO, POLLIN, 0};
    const int ready = poll(&input, 1, wait ? -1 : 0);
    if (ready == 0 || (ready < 0 && errno == EINTR))
        return Commands::Open;
    char buffer[4096];
    const ssize_t size = read(STDIN_FILENO, buffer, sizeof buffer);
    if (size <= 0)
        return size == 0 ? Commands::Ended : Commands::Broken;
    m_input.append(buffer, static_cast<std::size_t>(size));
    wire::Command command;
    while (m_input.size() >= sizeof command) {
        std::memcpy(&command, m_input.data(), sizeof command);
        m_input.erase(0, sizeof command);
        if (command.kind == wire::CommandKind::Quit)
            return Commands::Ended;
        if (!obey(command)) {
            std::fputs("exitscope-reader: stdin holds what is no command\n", stderr);
            return Commands::Broken;
        }
    }
    return Commands::Open;
}

bool Server::obey(const wire::Command &command)
{
    if (command.stream >= m_streams.size())
        return false;
    StreamSession &stream = *m_streams[command.stream];
    switch (command.kind) {
    case wire::CommandKind::Read:
        stream.addCredits(command.value);
        return true;
    case wire::CommandKind::Survey:
        stream.survey();
        return true;
    case wire::CommandKind::Again:
        if (command.value > static_cast<std::uint32_t>(Plain::All))
            return false;
        stream.beginAgain(static_cast<Plain>(command.value));
        return true;
    case wire::CommandKind::Quit:
        break;
    }
    return false;
}

} // namespace exitscope::reader
