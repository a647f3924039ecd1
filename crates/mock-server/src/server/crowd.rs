/// How many connections there may be at once. That there are as many is told once, and again only after there were fewer than half as
/// many: not with each that ends and lets the next one in.
#[derive(Debug)]
pub(super) struct Crowd {
    most: usize,
    is_told: bool,
}

impl Crowd {
    pub(super) fn new(most: usize) -> Self {
        Self { most, is_told: false }
    }

    /// Whether there is room for one more beside these.
    pub(super) fn has_room(&self, connections: usize) -> bool {
        connections < self.most
    }

    /// One came, and there are so many now. Whether it is to be told that further ones have to wait.
    pub(super) fn came(&mut self, connections: usize) -> bool {
        let is_news = !self.is_told && !self.has_room(connections);
        self.is_told |= is_news;
        is_news
    }

    /// One went, and so many are left.
    pub(super) fn went(&mut self, connections: usize) {
        self.is_told &= connections >= self.most / 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_once_and_again_after_there_were_clearly_fewer() {
        // The numbers of connections, one after another, and an exclamation mark where it is told.
        for (most, expected) in
            [(4, "1 2 3 4! 3 4 3 2 3 4 3 2 1 2 3 4! 3"), (2, "1 2! 1 2 1 0 1 2!"), (1, "1! 0 1 0 1")]
        {
            let (mut crowd, mut before, mut seen) = (Crowd::new(most), 0, Vec::new());
            for now in expected.split(' ').map(|number| number.trim_end_matches('!').parse().unwrap()) {
                let is_told = if now > before {
                    assert!(crowd.has_room(before));
                    crowd.came(now)
                } else {
                    crowd.went(now);
                    false
                };
                seen.push(format!("{now}{}", if is_told { "!" } else { "" }));
                before = now;
            }
            assert_eq!(seen.join(" "), expected, "{most}");
            assert!(!crowd.has_room(most));
        }
    }
}
