package behaviour

import "testing"

// TestTasksAreMadeQuietly looks at what the followers of a project get to see
// of a run: nothing, unless they are to be notified.
func TestTasksAreMadeQuietly(t *testing.T) {
	onEveryTarget(t, func(t *testing.T, o *target) {
		for _, notify := range []bool{false, true} {
			w := newWorld(t, o)
			follower := w.o.newUser(projectUser)
			w.project = w.o.newFollowedProject(follower)
			w.write(shop)
			if notify {
				w.mustRun("--notify")
			} else {
				w.mustRun()
			}
			tasks := w.tasks()
			if len(tasks) != 3 {
				t.Fatalf("the project has %d tasks", len(tasks))
			}
			for _, made := range tasks {
				if told := len(made.Messages) > 0; told != notify {
					t.Fatalf("notify %t: task %d has %d messages", notify, made.ID, len(made.Messages))
				}
				if follows := w.o.follows(follower, made.ID); follows != notify {
					t.Fatalf("notify %t: the project's follower follows task %d: %t", notify, made.ID, follows)
				}
				if made.Assignee.ID != 0 || len(made.Assignees) > 0 {
					t.Fatalf("task %d is assigned", made.ID)
				}
			}
		}
	})
}
