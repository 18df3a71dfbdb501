// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/diagnostic.h"

#include <algorithm>
#include <new>

#include "model/diagnostic_codes.h"

namespace exitscope {

namespace {

constexpr bool inOrder()
{
    for (std::size_t i = 0; i < kCodes.size(); ++i)
        if (kCodes[i].code != static_cast<Code>(i))
            return false;
    return kCodes.back().code == Code::EventsUnreadable;
}
static_assert(inOrder(), "kCodes has one row per Code, in the order of Code");

} // namespace

QString severityName(Severity severity)
{
    switch (severity) {
    case Severity::Info:
        return QStringLiteral("info");
    case Severity::Warning:
        return QStringLiteral("warning");
    case Severity::Error:
        return QStringLiteral("error");
    }
    return {};
}

Diagnostic makeDiagnostic(Code code, const QString &message, const QString &path, std::int64_t count)
{
    const CodeInfo &row = info(code);
    return {row.severity, QString::fromUtf8(row.text), message, path, count};
}

bool meansDataLost(const Diagnostic &diagnostic)
{
    const std::string code = diagnostic.code.toStdString();
    const auto row = std::ranges::find(kCodes, std::string_view(code), &CodeInfo::text);
    return row != kCodes.end() && row->dataLost;
}

Diagnostic diagnosticOf(const std::exception &error, const QString &path)
{
    if (dynamic_cast<const std::bad_alloc *>(&error))
        return makeDiagnostic(Code::OutOfMemory,
            QStringLiteral("the memory does not suffice; end other programs, or record and open less at a time"), path);
    return makeDiagnostic(Code::InternalError,
        QStringLiteral("a fault of the program itself (%1): this was given up; please report it")
            .arg(QString::fromUtf8(error.what())),
        path);
}

} // namespace exitscope
