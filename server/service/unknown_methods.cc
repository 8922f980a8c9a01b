#include "server/service/unknown_methods.h"

#include "absl/strings/str_cat.h"
#include "common/text/quote.h"

namespace portreg::server {
namespace {

class Unimplemented final : public grpc::ServerGenericBidiReactor {
 public:
  Unimplemented(Calls& calls, grpc::GenericCallbackServerContext& context)
      : call_(calls, Method::kOther, context) {
    call_.Handled(grpc::StatusCode::UNIMPLEMENTED);
    Finish({grpc::StatusCode::UNIMPLEMENTED,
            absl::StrCat("there is no method ", Quoted(context.method()))});
  }

  void OnDone() override { delete this; }

 private:
  Call call_;
};

}  // namespace

grpc::ServerGenericBidiReactor* UnknownMethods::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  return new Unimplemented(calls_, *context);
}

}  // namespace portreg::server
