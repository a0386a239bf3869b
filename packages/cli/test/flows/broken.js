import './no-such-file';
