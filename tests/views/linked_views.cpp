// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/linked_views.h"

#include <QTest>

#include "model/load/load.h"
#include "tests/tools/program.h"
#include "views/chart/screen_work.h"

namespace exitscope::test {

std::shared_ptr<const Recording> loadedFrom(const QString &path)
{
    LoadOptions options;
    options.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    return std::make_shared<const Recording>(loadRecording({path}, options));
}

QString samplePath()
{
    return QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host");
}

std::shared_ptr<const Recording> sample()
{
    static const auto recording = loadedFrom(samplePath());
    return recording;
}

LinkedViews::LinkedViews(std::shared_ptr<const Recording> of) : recording(std::move(of))
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
            return !numbers.isBusy() && numbers.current() && numbers.current()->selection == state.values().selection()
                && ScreenWork::isAllDone();
        },
        20'000);
    QCoreApplication::processEvents();
    return settled;
}

QJsonObject sampleReport(const QStringList &filters)
{
    return cliReport(samplePath(), filters);
}

} // namespace exitscope::test
