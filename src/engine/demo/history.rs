//! The demo repositories as lists of commits. The files themselves stand in `assets/demo/`.

/// One commit: what it says, who made it when, and the files that it adds or changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct DemoCommit {
    pub(super) message: &'static str,
    pub(super) author: &'static str,
    pub(super) email: &'static str,
    /// RFC 3339.
    pub(super) at: &'static str,
    pub(super) files: &'static [(&'static str, &'static str)],
}

macro_rules! shop {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../assets/demo/shop/", $path)))),*]
    };
}

macro_rules! support {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../assets/demo/support/", $path)))),*]
    };
}

/// The project that is right.
pub(super) const SHOP: &[DemoCommit] = &[
    DemoCommit {
        message: "Stage the shop's exports",
        author: "Amara Okafor",
        email: "amara@example.com",
        at: "2026-09-01T08:12:00Z",
        files: shop![
            "README.md",
            "dbt_project.yml",
            "macros/money.sql",
            "models/docs.md",
            "models/staging/staging.yml",
            "models/staging/sources.yml",
            "models/staging/stg_customers.sql",
            "models/staging/stg_orders.sql",
            "models/staging/stg_page_views.sql",
            "models/staging/stg_payments.sql",
            "models/staging/stg_products.sql",
            "seeds/raw_customers.csv",
            "seeds/raw_orders.csv",
            "seeds/raw_payments.csv",
            "seeds/raw_products.csv",
            "seeds/seeds.yml",
            "tests/no_negative_payments.sql",
        ],
    },
    DemoCommit {
        message: "Core marts: customers, products, orders",
        author: "Lukas Meyer",
        email: "lukas@example.com",
        at: "2026-09-03T15:40:00Z",
        files: &[(
            "models/marts/core/dim_customers.sql",
            include_str!("../../../assets/demo/earlier/dim_customers.sql"),
        )],
    },
    DemoCommit {
        message: "Core marts: the rest, and their descriptions",
        author: "Lukas Meyer",
        email: "lukas@example.com",
        at: "2026-09-03T16:55:00Z",
        files: shop![
            "models/intermediate/int_customer_orders.sql",
            "models/intermediate/int_order_payments.sql",
            "models/marts/core/core.yml",
            "models/marts/core/dim_products.sql",
            "models/marts/core/fct_orders.sql",
            "snapshots/customers_snapshot.sql",
        ],
    },
    DemoCommit {
        message: "dim_customers: carry the marketing consent, no nulls in sums",
        author: "Amara Okafor",
        email: "amara@example.com",
        at: "2026-10-12T10:05:00Z",
        files: shop!["models/marts/core/dim_customers.sql"],
    },
    DemoCommit {
        message: "Finance and marketing marts in schemas of their own",
        author: "Priya Sharma",
        email: "priya@example.com",
        at: "2026-11-17T13:31:00Z",
        files: shop![
            "macros/generate_schema_name.sql",
            "models/marts/finance/fct_ltv.sql",
            "models/marts/finance/fct_revenue_daily.sql",
            "models/marts/finance/finance.yml",
            "models/marts/marketing/active_customers.sql",
            "models/marts/marketing/lapsed_customers.sql",
            "models/marts/marketing/marketing.yml",
        ],
    },
];

/// The project whose path is wrong in the workspace: it lives in `transform/`.
pub(super) const SUPPORT: &[DemoCommit] = &[
    DemoCommit {
        message: "Load the help desk",
        author: "Elin Berg",
        email: "elin@example.com",
        at: "2026-10-02T07:20:00Z",
        files: support!["README.md", "ingest/tickets.yml"],
    },
    DemoCommit {
        message: "A dbt project for the support desk, in transform/",
        author: "Elin Berg",
        email: "elin@example.com",
        at: "2026-10-05T11:02:00Z",
        files: support![
            "transform/dbt_project.yml",
            "transform/macros/is_spam.sql",
            "transform/models/marts/dim_agents.sql",
            "transform/models/marts/fct_first_reply.sql",
            "transform/models/marts/marts.yml",
            "transform/models/staging/sources.yml",
            "transform/models/staging/staging.yml",
            "transform/models/staging/stg_agents.sql",
            "transform/models/staging/stg_replies.sql",
            "transform/models/staging/stg_tickets.sql",
        ],
    },
    DemoCommit {
        message: "Who is waiting for an answer now",
        author: "Noah Smith",
        email: "noah@example.com",
        at: "2026-11-20T09:48:00Z",
        files: support!["transform/models/marts/customers_waiting.sql"],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn files_below(folder: &Path) -> BTreeSet<String> {
        let files =
            walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
        files.map(|entry| entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_demo_file_is_in_a_commit() {
        for (name, commits) in [("shop", SHOP), ("support", SUPPORT)] {
            let committed: BTreeSet<String> =
                commits.iter().flat_map(|commit| commit.files).map(|file| file.0.to_owned()).collect();
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo").join(name);
            assert_eq!(committed, files_below(&folder), "{name}");
        }
    }

    #[test]
    fn the_last_version_of_every_file_is_the_one_in_assets() {
        let last = SHOP.iter().flat_map(|commit| commit.files).rfind(|file| file.0.ends_with("dim_customers.sql"));
        assert!(last.unwrap().1.contains("marketing_consent"));
    }

    #[test]
    fn commits_are_in_the_order_of_their_times() {
        for commits in [SHOP, SUPPORT] {
            let times: Vec<jiff::Timestamp> = commits.iter().map(|commit| commit.at.parse().unwrap()).collect();
            assert!(times.is_sorted());
        }
    }
}
