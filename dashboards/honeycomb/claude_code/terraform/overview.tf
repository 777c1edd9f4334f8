data "honeycombio_query_specification" "overview_spend" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
    name   = "opencode"

    filter {
      column = "project.id"
      op     = "exists"
    }
  }

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
    name   = "claude_code"

    filter {
      column = "project.id"
      op     = "does-not-exist"
    }
  }
}

resource "honeycombio_query" "overview_spend" {
  count      = contains(var.left_out, "overview_spend") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_spend.json
}

resource "honeycombio_query_annotation" "overview_spend" {
  count       = contains(var.left_out, "overview_spend") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_spend[0].id
  name        = "Spend"
  description = "In this time range. In US dollars."
}

data "honeycombio_query_specification" "overview_tokens" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.token.usage"
    name   = "opencode"

    filter {
      column = "project.id"
      op     = "exists"
    }
  }

  calculation {
    op     = "SUM"
    column = "claude_code.token.usage"
    name   = "claude_code"

    filter {
      column = "project.id"
      op     = "does-not-exist"
    }
  }
}

resource "honeycombio_query" "overview_tokens" {
  count      = contains(var.left_out, "overview_tokens") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_tokens.json
}

resource "honeycombio_query_annotation" "overview_tokens" {
  count       = contains(var.left_out, "overview_tokens") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_tokens[0].id
  name        = "Tokens"
  description = "In this time range. In tokens."
}

data "honeycombio_query_specification" "overview_people" {
  time_range = 604800

  calculation {
    op     = "COUNT_DISTINCT"
    column = "user.id"
    name   = "opencode"

    filter {
      column = "event.name"
      op     = "="
      value  = "api_request"
    }

    filter {
      column = "project.id"
      op     = "exists"
    }
  }

  calculation {
    op     = "COUNT_DISTINCT"
    column = "user.id"
    name   = "claude_code"

    filter {
      column = "event.name"
      op     = "="
      value  = "api_request"
    }

    filter {
      column = "project.id"
      op     = "does-not-exist"
    }
  }
}

resource "honeycombio_query" "overview_people" {
  count      = contains(var.left_out, "overview_people") ? 0 : 1
  dataset    = var.events_dataset
  query_json = data.honeycombio_query_specification.overview_people.json
}

resource "honeycombio_query_annotation" "overview_people" {
  count       = contains(var.left_out, "overview_people") ? 0 : 1
  dataset     = var.events_dataset
  query_id    = honeycombio_query.overview_people[0].id
  name        = "People"
  description = "Installations that used tokens. From the log events of answered model calls."
}

data "honeycombio_query_specification" "overview_sessions" {
  time_range = 604800

  calculation {
    op     = "COUNT_DISTINCT"
    column = "session.id"
    name   = "opencode"

    filter {
      column = "event.name"
      op     = "="
      value  = "api_request"
    }

    filter {
      column = "project.id"
      op     = "exists"
    }
  }

  calculation {
    op     = "COUNT_DISTINCT"
    column = "session.id"
    name   = "claude_code"

    filter {
      column = "event.name"
      op     = "="
      value  = "api_request"
    }

    filter {
      column = "project.id"
      op     = "does-not-exist"
    }
  }
}

resource "honeycombio_query" "overview_sessions" {
  count      = contains(var.left_out, "overview_sessions") ? 0 : 1
  dataset    = var.events_dataset
  query_json = data.honeycombio_query_specification.overview_sessions.json
}

resource "honeycombio_query_annotation" "overview_sessions" {
  count       = contains(var.left_out, "overview_sessions") ? 0 : 1
  dataset     = var.events_dataset
  query_id    = honeycombio_query.overview_sessions[0].id
  name        = "Sessions"
  description = "That used tokens; a sub-agent of OpenCode works in a session of its own. From the log events of answered model calls."
}

data "honeycombio_query_specification" "overview_lines" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.lines_of_code.count"
    name   = "opencode"

    filter {
      column = "project.id"
      op     = "exists"
    }
  }

  calculation {
    op     = "SUM"
    column = "claude_code.lines_of_code.count"
    name   = "claude_code"

    filter {
      column = "project.id"
      op     = "does-not-exist"
    }
  }
}

resource "honeycombio_query" "overview_lines" {
  count      = contains(var.left_out, "overview_lines") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_lines.json
}

resource "honeycombio_query_annotation" "overview_lines" {
  count       = contains(var.left_out, "overview_lines") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_lines[0].id
  name        = "Lines"
  description = "In this time range."
}

data "honeycombio_query_specification" "overview_commits" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.commit.count"
    name   = "opencode"

    filter {
      column = "project.id"
      op     = "exists"
    }
  }

  calculation {
    op     = "SUM"
    column = "claude_code.commit.count"
    name   = "claude_code"

    filter {
      column = "project.id"
      op     = "does-not-exist"
    }
  }
}

resource "honeycombio_query" "overview_commits" {
  count      = contains(var.left_out, "overview_commits") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_commits.json
}

resource "honeycombio_query_annotation" "overview_commits" {
  count       = contains(var.left_out, "overview_commits") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_commits[0].id
  name        = "Commits"
  description = "In this time range."
}

data "honeycombio_query_specification" "overview_spend_2" {
  time_range  = 604800
  granularity = 3600

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
    name   = "opencode"

    filter {
      column = "project.id"
      op     = "exists"
    }
  }

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
    name   = "claude_code"

    filter {
      column = "project.id"
      op     = "does-not-exist"
    }
  }
}

resource "honeycombio_query" "overview_spend_2" {
  count      = contains(var.left_out, "overview_spend_2") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_spend_2.json
}

resource "honeycombio_query_annotation" "overview_spend_2" {
  count       = contains(var.left_out, "overview_spend_2") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_spend_2[0].id
  name        = "Spend"
  description = "In each step of the time axis. In US dollars."
}

data "honeycombio_query_specification" "overview_tokens_2" {
  time_range  = 604800
  granularity = 3600

  calculation {
    op     = "SUM"
    column = "claude_code.token.usage"
    name   = "opencode"

    filter {
      column = "project.id"
      op     = "exists"
    }
  }

  calculation {
    op     = "SUM"
    column = "claude_code.token.usage"
    name   = "claude_code"

    filter {
      column = "project.id"
      op     = "does-not-exist"
    }
  }
}

resource "honeycombio_query" "overview_tokens_2" {
  count      = contains(var.left_out, "overview_tokens_2") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_tokens_2.json
}

resource "honeycombio_query_annotation" "overview_tokens_2" {
  count       = contains(var.left_out, "overview_tokens_2") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_tokens_2[0].id
  name        = "Tokens"
  description = "In each step of the time axis. In tokens."
}

data "honeycombio_query_specification" "overview_spend_3" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }
}

resource "honeycombio_query" "overview_spend_3" {
  count      = contains(var.left_out, "overview_spend_3") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_spend_3.json
}

resource "honeycombio_query_annotation" "overview_spend_3" {
  count       = contains(var.left_out, "overview_spend_3") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_spend_3[0].id
  name        = "Spend"
  description = "What all model calls cost. In US dollars."
}

data "honeycombio_query_specification" "overview_tokens_3" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.token.usage"
  }
}

resource "honeycombio_query" "overview_tokens_3" {
  count      = contains(var.left_out, "overview_tokens_3") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_tokens_3.json
}

resource "honeycombio_query_annotation" "overview_tokens_3" {
  count       = contains(var.left_out, "overview_tokens_3") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_tokens_3[0].id
  name        = "Tokens"
  description = "All types together. In tokens."
}

data "honeycombio_query_specification" "overview_cache_hit_rate" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.token.usage"
    name   = "part"

    filter {
      column = "type"
      op     = "="
      value  = "cacheRead"
    }
  }

  calculation {
    op     = "SUM"
    column = "claude_code.token.usage"
    name   = "whole"

    filter {
      column = "type"
      op     = "in"
      value  = "input,cacheRead,cacheCreation"
    }
  }

  formula {
    name       = "ratio"
    expression = "DIV($part, $whole)"
  }
}

resource "honeycombio_query" "overview_cache_hit_rate" {
  count      = contains(var.left_out, "overview_cache_hit_rate") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_cache_hit_rate.json
}

resource "honeycombio_query_annotation" "overview_cache_hit_rate" {
  count       = contains(var.left_out, "overview_cache_hit_rate") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_cache_hit_rate[0].id
  name        = "Cache hit rate"
  description = "Share of the tokens that went in and were read from the prompt cache. In a share, where 1 is all."
}

data "honeycombio_query_specification" "overview_people_2" {
  time_range = 604800

  calculation {
    op     = "COUNT_DISTINCT"
    column = "user.id"
  }

  filter {
    column = "event.name"
    op     = "="
    value  = "api_request"
  }
}

resource "honeycombio_query" "overview_people_2" {
  count      = contains(var.left_out, "overview_people_2") ? 0 : 1
  dataset    = var.events_dataset
  query_json = data.honeycombio_query_specification.overview_people_2.json
}

resource "honeycombio_query_annotation" "overview_people_2" {
  count       = contains(var.left_out, "overview_people_2") ? 0 : 1
  dataset     = var.events_dataset
  query_id    = honeycombio_query.overview_people_2[0].id
  name        = "People"
  description = "Installations that used tokens. From the log events of answered model calls."
}

data "honeycombio_query_specification" "overview_active_sessions" {
  time_range = 604800

  calculation {
    op     = "COUNT_DISTINCT"
    column = "session.id"
  }

  filter {
    column = "event.name"
    op     = "="
    value  = "api_request"
  }
}

resource "honeycombio_query" "overview_active_sessions" {
  count      = contains(var.left_out, "overview_active_sessions") ? 0 : 1
  dataset    = var.events_dataset
  query_json = data.honeycombio_query_specification.overview_active_sessions.json
}

resource "honeycombio_query_annotation" "overview_active_sessions" {
  count       = contains(var.left_out, "overview_active_sessions") ? 0 : 1
  dataset     = var.events_dataset
  query_id    = honeycombio_query.overview_active_sessions[0].id
  name        = "Active sessions"
  description = "Sessions that used tokens, sub-agents' own ones too. From the log events of answered model calls."
}

data "honeycombio_query_specification" "overview_new_sessions" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.session.count"
  }

  filter {
    column = "start_type"
    op     = "="
    value  = "fresh"
  }
}

resource "honeycombio_query" "overview_new_sessions" {
  count      = contains(var.left_out, "overview_new_sessions") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_new_sessions.json
}

resource "honeycombio_query_annotation" "overview_new_sessions" {
  count       = contains(var.left_out, "overview_new_sessions") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_new_sessions[0].id
  name        = "New sessions"
  description = "Sessions that were begun, sub-agents' own ones too."
}

data "honeycombio_query_specification" "overview_commits_2" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.commit.count"
  }
}

resource "honeycombio_query" "overview_commits_2" {
  count      = contains(var.left_out, "overview_commits_2") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_commits_2.json
}

resource "honeycombio_query_annotation" "overview_commits_2" {
  count       = contains(var.left_out, "overview_commits_2") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_commits_2[0].id
  name        = "Commits"
  description = "Made by OpenCode's tools."
}

data "honeycombio_query_specification" "overview_pull_requests" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.pull_request.count"
  }
}

resource "honeycombio_query" "overview_pull_requests" {
  count      = contains(var.left_out, "overview_pull_requests") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_pull_requests.json
}

resource "honeycombio_query_annotation" "overview_pull_requests" {
  count       = contains(var.left_out, "overview_pull_requests") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_pull_requests[0].id
  name        = "Pull requests"
  description = "Opened by OpenCode's tools."
}

data "honeycombio_query_specification" "overview_lines_added" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.lines_of_code.count"
  }

  filter {
    column = "type"
    op     = "="
    value  = "added"
  }
}

resource "honeycombio_query" "overview_lines_added" {
  count      = contains(var.left_out, "overview_lines_added") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_lines_added.json
}

resource "honeycombio_query_annotation" "overview_lines_added" {
  count       = contains(var.left_out, "overview_lines_added") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_lines_added[0].id
  name        = "Lines added"
  description = "By edits, writes and patches."
}

data "honeycombio_query_specification" "overview_lines_removed" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.lines_of_code.count"
  }

  filter {
    column = "type"
    op     = "="
    value  = "removed"
  }
}

resource "honeycombio_query" "overview_lines_removed" {
  count      = contains(var.left_out, "overview_lines_removed") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_lines_removed.json
}

resource "honeycombio_query_annotation" "overview_lines_removed" {
  count       = contains(var.left_out, "overview_lines_removed") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_lines_removed[0].id
  name        = "Lines removed"
  description = "By edits, writes and patches."
}

data "honeycombio_query_specification" "overview_busy" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.active_time.total"
  }
}

resource "honeycombio_query" "overview_busy" {
  count      = contains(var.left_out, "overview_busy") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_busy.json
}

resource "honeycombio_query_annotation" "overview_busy" {
  count       = contains(var.left_out, "overview_busy") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_busy[0].id
  name        = "Busy"
  description = "Time in which OpenCode worked for people. In seconds."
}

data "honeycombio_query_specification" "overview_answers" {
  time_range = 604800

  calculation {
    op     = "SUM"
    column = "claude_code.message.count"
  }
}

resource "honeycombio_query" "overview_answers" {
  count      = contains(var.left_out, "overview_answers") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_answers.json
}

resource "honeycombio_query_annotation" "overview_answers" {
  count       = contains(var.left_out, "overview_answers") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_answers[0].id
  name        = "Answers"
  description = "Assistant messages that were completed."
}

data "honeycombio_query_specification" "overview_people_a_day" {
  time_range  = 604800
  granularity = 86400

  calculation {
    op     = "COUNT_DISTINCT"
    column = "user.id"
  }

  filter {
    column = "event.name"
    op     = "="
    value  = "api_request"
  }
}

resource "honeycombio_query" "overview_people_a_day" {
  count      = contains(var.left_out, "overview_people_a_day") ? 0 : 1
  dataset    = var.events_dataset
  query_json = data.honeycombio_query_specification.overview_people_a_day.json
}

resource "honeycombio_query_annotation" "overview_people_a_day" {
  count       = contains(var.left_out, "overview_people_a_day") ? 0 : 1
  dataset     = var.events_dataset
  query_id    = honeycombio_query.overview_people_a_day[0].id
  name        = "People a day"
  description = "Installations that used tokens. From the log events of answered model calls."
}

data "honeycombio_query_specification" "overview_sessions_a_day" {
  time_range  = 604800
  granularity = 86400

  calculation {
    op     = "COUNT_DISTINCT"
    column = "session.id"
  }

  filter {
    column = "event.name"
    op     = "="
    value  = "api_request"
  }
}

resource "honeycombio_query" "overview_sessions_a_day" {
  count      = contains(var.left_out, "overview_sessions_a_day") ? 0 : 1
  dataset    = var.events_dataset
  query_json = data.honeycombio_query_specification.overview_sessions_a_day.json
}

resource "honeycombio_query_annotation" "overview_sessions_a_day" {
  count       = contains(var.left_out, "overview_sessions_a_day") ? 0 : 1
  dataset     = var.events_dataset
  query_id    = honeycombio_query.overview_sessions_a_day[0].id
  name        = "Sessions a day"
  description = "Sessions that used tokens, sub-agents' own ones too. From the log events of answered model calls."
}

data "honeycombio_query_specification" "overview_spend_by_model" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["model"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "overview_spend_by_model" {
  count      = contains(var.left_out, "overview_spend_by_model") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_spend_by_model.json
}

resource "honeycombio_query_annotation" "overview_spend_by_model" {
  count       = contains(var.left_out, "overview_spend_by_model") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_spend_by_model[0].id
  name        = "Spend by model"
  description = "US dollars."
}

data "honeycombio_query_specification" "overview_tokens_by_type" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["type"]

  calculation {
    op     = "SUM"
    column = "claude_code.token.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.token.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "overview_tokens_by_type" {
  count      = contains(var.left_out, "overview_tokens_by_type") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_tokens_by_type.json
}

resource "honeycombio_query_annotation" "overview_tokens_by_type" {
  count       = contains(var.left_out, "overview_tokens_by_type") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_tokens_by_type[0].id
  name        = "Tokens by type"
  description = "The types are disjoint. In tokens."
}

data "honeycombio_query_specification" "overview_sessions_2" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["start_type"]

  calculation {
    op     = "SUM"
    column = "claude_code.session.count"
  }

  order {
    op     = "SUM"
    column = "claude_code.session.count"
    order  = "descending"
  }
}

resource "honeycombio_query" "overview_sessions_2" {
  count      = contains(var.left_out, "overview_sessions_2") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_sessions_2.json
}

resource "honeycombio_query_annotation" "overview_sessions_2" {
  count       = contains(var.left_out, "overview_sessions_2") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_sessions_2[0].id
  name        = "Sessions"
  description = "New ones, and ones that went on."
}

data "honeycombio_query_specification" "overview_calls_with_a_prompt_cache" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["type"]

  calculation {
    op     = "SUM"
    column = "claude_code.cache.count"
  }

  order {
    op     = "SUM"
    column = "claude_code.cache.count"
    order  = "descending"
  }
}

resource "honeycombio_query" "overview_calls_with_a_prompt_cache" {
  count      = contains(var.left_out, "overview_calls_with_a_prompt_cache") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_calls_with_a_prompt_cache.json
}

resource "honeycombio_query_annotation" "overview_calls_with_a_prompt_cache" {
  count       = contains(var.left_out, "overview_calls_with_a_prompt_cache") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_calls_with_a_prompt_cache[0].id
  name        = "Calls with a prompt cache"
  description = "Model calls that read from it, and that wrote to it."
}

data "honeycombio_query_specification" "overview_busy_time_by_repository" {
  time_range  = 604800
  granularity = 3600
  limit       = 100
  breakdowns  = ["vcs.repository.name"]

  calculation {
    op     = "SUM"
    column = "claude_code.active_time.total"
  }

  order {
    op     = "SUM"
    column = "claude_code.active_time.total"
    order  = "descending"
  }
}

resource "honeycombio_query" "overview_busy_time_by_repository" {
  count      = contains(var.left_out, "overview_busy_time_by_repository") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_busy_time_by_repository.json
}

resource "honeycombio_query_annotation" "overview_busy_time_by_repository" {
  count       = contains(var.left_out, "overview_busy_time_by_repository") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_busy_time_by_repository[0].id
  name        = "Busy time by repository"
  description = "Seconds."
}

data "honeycombio_query_specification" "overview_spend_by_model_2" {
  time_range = 604800
  limit      = 12
  breakdowns = ["model"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "overview_spend_by_model_2" {
  count      = contains(var.left_out, "overview_spend_by_model_2") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_spend_by_model_2.json
}

resource "honeycombio_query_annotation" "overview_spend_by_model_2" {
  count       = contains(var.left_out, "overview_spend_by_model_2") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_spend_by_model_2[0].id
  name        = "Spend by model"
  description = "US dollars. The 12 largest."
}

data "honeycombio_query_specification" "overview_spend_by_agent" {
  time_range = 604800
  limit      = 12
  breakdowns = ["agent"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "overview_spend_by_agent" {
  count      = contains(var.left_out, "overview_spend_by_agent") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_spend_by_agent.json
}

resource "honeycombio_query_annotation" "overview_spend_by_agent" {
  count       = contains(var.left_out, "overview_spend_by_agent") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_spend_by_agent[0].id
  name        = "Spend by agent"
  description = "US dollars. The 12 largest."
}

data "honeycombio_query_specification" "overview_spend_by_person" {
  time_range = 604800
  limit      = 12
  breakdowns = ["user.id"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "overview_spend_by_person" {
  count      = contains(var.left_out, "overview_spend_by_person") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_spend_by_person.json
}

resource "honeycombio_query_annotation" "overview_spend_by_person" {
  count       = contains(var.left_out, "overview_spend_by_person") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_spend_by_person[0].id
  name        = "Spend by person"
  description = "By installation. In US dollars. The 12 largest."
}

data "honeycombio_query_specification" "overview_spend_by_repository" {
  time_range = 604800
  limit      = 12
  breakdowns = ["vcs.repository.name"]

  calculation {
    op     = "SUM"
    column = "claude_code.cost.usage"
  }

  order {
    op     = "SUM"
    column = "claude_code.cost.usage"
    order  = "descending"
  }
}

resource "honeycombio_query" "overview_spend_by_repository" {
  count      = contains(var.left_out, "overview_spend_by_repository") ? 0 : 1
  dataset    = var.metrics_dataset
  query_json = data.honeycombio_query_specification.overview_spend_by_repository.json
}

resource "honeycombio_query_annotation" "overview_spend_by_repository" {
  count       = contains(var.left_out, "overview_spend_by_repository") ? 0 : 1
  dataset     = var.metrics_dataset
  query_id    = honeycombio_query.overview_spend_by_repository[0].id
  name        = "Spend by repository"
  description = "US dollars. The 12 largest."
}

resource "honeycombio_flexible_board" "overview" {
  name        = "OpenCode and Claude Code / Overview"
  description = "What OpenCode costs, who works with it, and what comes of it"
  tags        = { otelagent = "claude-code/overview" }

  preset_filter {
    column = "user.id"
    alias  = "Person"
  }

  preset_filter {
    column = "vcs.repository.name"
    alias  = "Repository"
  }

  panel {
    type = "text"

    position {
      x_coordinate = 0
      y_coordinate = 0
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## Side by side"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_spend

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 1
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_spend[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }

          chart {
            chart_index = 1
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_tokens

    content {
      type = "query"

      position {
        x_coordinate = 3
        y_coordinate = 1
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_tokens[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }

          chart {
            chart_index = 1
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_people

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 1
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_people[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }

          chart {
            chart_index = 1
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_sessions

    content {
      type = "query"

      position {
        x_coordinate = 9
        y_coordinate = 1
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_sessions[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }

          chart {
            chart_index = 1
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_lines

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 4
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_lines[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }

          chart {
            chart_index = 1
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_commits

    content {
      type = "query"

      position {
        x_coordinate = 3
        y_coordinate = 4
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_commits[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }

          chart {
            chart_index = 1
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_spend_2

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 4
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_spend_2[0].id
        query_style         = "graph"

        visualization_settings {
          prefer_overlaid_charts = true

          chart {
            chart_index = 0
            chart_type  = "line"
          }

          chart {
            chart_index = 1
            chart_type  = "line"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_tokens_2

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 8
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_tokens_2[0].id
        query_style         = "graph"

        visualization_settings {
          prefer_overlaid_charts = true

          chart {
            chart_index = 0
            chart_type  = "line"
          }

          chart {
            chart_index = 1
            chart_type  = "line"
          }
        }
      }
    }
  }

  panel {
    type = "text"

    position {
      x_coordinate = 0
      y_coordinate = 12
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## In this time range"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_spend_3

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 13
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_spend_3[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_tokens_3

    content {
      type = "query"

      position {
        x_coordinate = 3
        y_coordinate = 13
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_tokens_3[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_cache_hit_rate

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 13
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_cache_hit_rate[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_people_2

    content {
      type = "query"

      position {
        x_coordinate = 9
        y_coordinate = 13
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_people_2[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_active_sessions

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 16
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_active_sessions[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_new_sessions

    content {
      type = "query"

      position {
        x_coordinate = 3
        y_coordinate = 16
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_new_sessions[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_commits_2

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 16
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_commits_2[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_pull_requests

    content {
      type = "query"

      position {
        x_coordinate = 9
        y_coordinate = 16
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_pull_requests[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_lines_added

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 19
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_lines_added[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_lines_removed

    content {
      type = "query"

      position {
        x_coordinate = 3
        y_coordinate = 19
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_lines_removed[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_busy

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 19
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_busy[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_answers

    content {
      type = "query"

      position {
        x_coordinate = 9
        y_coordinate = 19
        width        = 3
        height       = 3
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_answers[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "stat"
          }
        }
      }
    }
  }

  panel {
    type = "text"

    position {
      x_coordinate = 0
      y_coordinate = 22
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## Adoption"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_people_a_day

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 23
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_people_a_day[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "tsbar"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_sessions_a_day

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 23
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_sessions_a_day[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "tsbar"
          }
        }
      }
    }
  }

  panel {
    type = "text"

    position {
      x_coordinate = 0
      y_coordinate = 27
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## Over time"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_spend_by_model

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 28
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_spend_by_model[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "tsbar"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_tokens_by_type

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 28
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_tokens_by_type[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "tsbar"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_sessions_2

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 32
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_sessions_2[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "tsbar"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_calls_with_a_prompt_cache

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 32
        width        = 6
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_calls_with_a_prompt_cache[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "tsbar"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_busy_time_by_repository

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 36
        width        = 12
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_busy_time_by_repository[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "tsbar"
          }
        }
      }
    }
  }

  panel {
    type = "text"

    position {
      x_coordinate = 0
      y_coordinate = 40
      width        = 12
      height       = 1
    }

    text_panel {
      content = "## Where it goes"
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_spend_by_model_2

    content {
      type = "query"

      position {
        x_coordinate = 0
        y_coordinate = 41
        width        = 3
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_spend_by_model_2[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "cpie"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_spend_by_agent

    content {
      type = "query"

      position {
        x_coordinate = 3
        y_coordinate = 41
        width        = 3
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_spend_by_agent[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "cbar"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_spend_by_person

    content {
      type = "query"

      position {
        x_coordinate = 6
        y_coordinate = 41
        width        = 3
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_spend_by_person[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "cbar"
          }
        }
      }
    }
  }

  dynamic "panel" {
    for_each = honeycombio_query.overview_spend_by_repository

    content {
      type = "query"

      position {
        x_coordinate = 9
        y_coordinate = 41
        width        = 3
        height       = 4
      }

      query_panel {
        query_id            = panel.value.id
        query_annotation_id = honeycombio_query_annotation.overview_spend_by_repository[0].id
        query_style         = "graph"

        visualization_settings {
          chart {
            chart_index = 0
            chart_type  = "cbar"
          }
        }
      }
    }
  }
}
