#include "client/cli/annotate/block_pipeline.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace portreg::cli {

absl::Status BlockPipeline::Run(int threads) {
  std::vector<std::thread> others;
  try {
    while (others.size() + 1 < static_cast<size_t>(std::max(threads, 1))) {
      others.emplace_back([this] { Work(); });
    }
  } catch (const std::system_error&) {
    // The system allows no more threads. The existing ones do all the work.
  }
  Work();
  for (std::thread& other : others) other.join();
  const MutexLock lock(input_mutex_);
  return input_status_;
}

AnnotateTotals BlockPipeline::totals() {
  const MutexLock lock(turn_mutex_);
  return totals_;
}

void BlockPipeline::Work() {
  InputBlock block(kBlockBytes);
  OutputBlock out;
  while (std::optional<Job> job = Read(block)) {
    absl::string_view bytes = block.text();
    if (job->work.annotator != nullptr) {
      Annotate(block, *job, out);
      bytes = out.text();
    } else {
      job->counts.lines = static_cast<uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
      if (job->work.is_unread_line) {
        job->counts.unread = 1;
        job->counts.first_unread = 0;
      }
    }
    if (!WriteInTurn(*job, bytes)) return;
  }
}

std::optional<BlockPipeline::Job> BlockPipeline::Read(InputBlock& block) {
  const MutexLock lock(input_mutex_);
  if (input_is_over_) return std::nullopt;
  absl::StatusOr<std::optional<BlockWork>> work = reader_.Next(block);
  if (!work.ok() || !work->has_value()) {
    input_is_over_ = true;
    input_status_ = work.status();
    return std::nullopt;
  }
  return Job{.ticket = next_ticket_++,
             .work = **std::move(work),
             .progress = reader_.progress(),
             .counts = {}};
}

void BlockPipeline::Annotate(const InputBlock& block, Job& job, OutputBlock& out) {
  out.Clear();
  job.work.annotator->Annotate(block.text(), out, job.counts);
}

bool BlockPipeline::WriteInTurn(const Job& job, absl::string_view bytes) {
  {
    const MutexLock lock(turn_mutex_);
    while (turn_ != job.ticket && !has_failed_) turn_changed_.Wait(turn_mutex_);
    if (has_failed_) return false;
  }
  // Writes without the lock, because only the thread that has the turn gets here.
  const bool written = sink_.write(bytes);
  if (!written) stop_.Stop();
  AnnotateTotals totals;
  {
    const MutexLock lock(turn_mutex_);
    AddCounts(job);
    totals = totals_;
  }
  if (written) sink_.on_progress(job.progress, totals);
  {
    const MutexLock lock(turn_mutex_);
    if (!written) has_failed_ = true;
    ++turn_;
  }
  turn_changed_.NotifyAll();
  return written;
}

void BlockPipeline::AddCounts(const Job& job) {
  if (job.work.begins_log) lines_of_log_ = 0;
  if (job.counts.first_unread && totals_.unread == 0) {
    totals_.first_unread_file = job.work.file;
    totals_.first_unread_line = lines_of_log_ + *job.counts.first_unread + 1;
  }
  totals_.unread += job.counts.unread;
  totals_.lines += job.counts.lines;
  lines_of_log_ += job.counts.lines;
}

}  // namespace portreg::cli
