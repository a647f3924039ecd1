use super::command;
use crate::config::OPTIONS;

#[test]
fn the_command_line_is_sound() {
    command().debug_assert();
}

#[test]
fn each_option_has_a_variable_and_a_key_in_the_file() {
    for arg in command().get_arguments() {
        let id = arg.get_id().as_str();
        if ["help", "version", "no_admin"].contains(&id) {
            continue;
        }
        assert_eq!(arg.get_long(), Some(id.replace('_', "-").as_str()), "{id}");
        let variable = format!("GREENAPI_MOCK_{}", id.to_ascii_uppercase());
        assert_eq!(arg.get_env().and_then(|name| name.to_str()), Some(variable.as_str()), "{id}");
        assert!(arg.get_help().is_some(), "{id}");
        if !["config", "instance", "fault"].contains(&id) {
            assert!(OPTIONS.iter().any(|option| option.id == id), "{id} has no key");
        }
    }
}
