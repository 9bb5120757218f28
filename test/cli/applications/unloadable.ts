throw new Error("there is no SECRET in the environment");
