// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/linked_views.h"

#include <QJsonDocument>
#include <QProcess>
#include <QTest>

#include "model/trace/load.h"

namespace exitscope::test {

QString samplePath()
{
    return QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host");
}

std::shared_ptr<const Recording> sample()
{
    static const auto recording = [] {
        LoadOptions options;
        options.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
        return std::make_shared<const Recording>(loadRecording({samplePath()}, options));
    }();
    return recording;
}

LinkedViews::LinkedViews()
{
    QObject::connect(&state, &ViewState::changed, &numbers,
        [this](const ViewValues &now) { numbers.set(recording, now.selection()); });
    state.reset(boundsOf(*recording));
}

bool LinkedViews::settle()
{
    QCoreApplication::processEvents(); // what was queued may change the state
    const bool settled = QTest::qWaitFor(
        [this] {
            return !numbers.isBusy() && numbers.current() && numbers.current()->selection == state.values().selection();
        },
        20'000);
    QCoreApplication::processEvents();
    return settled;
}

QJsonObject cliReport(const QStringList &filters)
{
    QProcess cli;
    cli.start(QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-cli"),
        QStringList{QStringLiteral("report"), QStringLiteral("--format"), QStringLiteral("json")} + filters
            + QStringList{samplePath()});
    if (!cli.waitForFinished(60'000) || cli.exitCode() != 0)
        qFatal("exitscope-cli: %s", cli.readAllStandardError().constData());
    return QJsonDocument::fromJson(cli.readAllStandardOutput()).object();
}

} // namespace exitscope::test
