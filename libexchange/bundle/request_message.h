// The request of a case view as a Cap'n Proto struct. Not a public header: it shows generated types.
#pragma once
#include "case.capnp.h"
#include "libexchange/casefile/request.h"

namespace exchange {

void put(schema::Request::Builder to, const Request& request);
// Inside the barrier of messages.cpp: exceptions of kj pass through. Failure{malformed}: text that is not
// UTF-8.
Request request_from(schema::Request::Reader from);
// Bytes that put() takes at most.
std::size_t room_for(const Request& request);

}  // namespace exchange
