"""What everything in the window may know of its looks: colours, fonts, icons, texts, numbers."""
