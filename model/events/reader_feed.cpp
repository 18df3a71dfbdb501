// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/events/reader_feed.h"

#include <algorithm>

#include "model/source/process/reader_answer.h"

namespace exitscope {

namespace {

constexpr qsizetype kMostAnswer = qsizetype{512} << 20; // bytes

QByteArray nothing()
{
    std::string bytes;
    wire::appendEnd(bytes, {});
    return QByteArray::fromStdString(bytes);
}

} // namespace

ReaderFeed::ReaderFeed(const QStringList &input, const ReaderQuestion &question, CancelFlag cancel)
    : m_answer(ask(input, question, cancel)),
      m_events(std::string_view(m_answer.constData(), static_cast<std::size_t>(m_answer.size())))
{
}

QByteArray ReaderFeed::ask(const QStringList &input, const ReaderQuestion &question, CancelFlag cancel)
{
    if (input.isEmpty()) {
        m_fault = QStringLiteral("no reader can open it");
        return nothing();
    }
    constexpr std::uint64_t kMost = std::uint64_t{1} << 40;
    const std::uint64_t most = std::min<std::uint64_t>(question.most, kMost) + 1; // to know whether there are more
    const QStringList asked = QStringList{QStringLiteral("--events"), QString::number(question.range.from),
                                  QString::number(question.range.to), QString::number(most)}
        + input;
    ReaderAnswer answer = askReader(asked, question.options, kMostAnswer, cancel);
    if (isCancelled(cancel))
        return nothing();
    m_fault = answer.fault;
    return answer.fault.isEmpty() ? std::move(answer.output) : nothing();
}

} // namespace exitscope
