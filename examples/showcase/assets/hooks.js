/** Empties the form when the server says that its message is out. */
const ClearWhenSent = {
  mounted() {
    this.handleEvent("message_sent", () => this.el.reset());
  },
};

/** Keeps the newest message in view, unless the reader has scrolled up. */
const FollowNewest = {
  mounted() {
    this.scroll();
  },
  beforeUpdate() {
    const { scrollTop, scrollHeight, clientHeight } = this.el;
    this.following = scrollHeight - scrollTop - clientHeight < 40;
  },
  updated() {
    if (this.following) this.scroll();
  },
  scroll() {
    this.el.scrollTop = this.el.scrollHeight;
  },
};

export default { ClearWhenSent, FollowNewest };
